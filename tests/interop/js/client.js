// grpc-js as a client of the greeter, without generated code.
//
//   client.js load JOBS PREFIX RETRIES TARGET
//                                           so many callers at once, each without a pause, until standard input ends
//   client.js call TARGET FILE              calls one after the other, of names by service configs: each line of the file is
//                                           [FILE, [NAME...]]
//
// The calls of `load` have names: the prefix and a number; each is made so often again. It prints who a server is when it answers first, and in the end how
// many calls there were and how many failed, then why. `call` prints the codes of
// each line.
"use strict";

const fs = require("node:fs");
const grpc = require("@grpc/grpc-js");
const loader = require("@grpc/proto-loader");

const PATIENCE = 30_000;
const [verb, ...rest] = process.argv.slice(2);
const { greeter } = grpc.loadPackageDefinition(loader.loadSync("proto/greeter.proto"));

function open(target, config) {
  return new greeter.Greeter(target, grpc.credentials.createInsecure(), {
    "grpc.service_config": config,
    "grpc.initial_reconnect_backoff_ms": 100,
    "grpc.max_reconnect_backoff_ms": 200,
  });
}

function hello(client, name) {
  return new Promise((resolve, reject) => {
    const done = (error, reply) => (error ? reject(error) : resolve(reply.message));
    client.SayHello({ name }, { deadline: Date.now() + PATIENCE }, done);
  });
}

async function load(jobs, prefix, retries, target) {
  const retryPolicy = {
    maxAttempts: Number(retries) + 1, initialBackoff: "0.01s", maxBackoff: "0.1s", backoffMultiplier: 2,
    retryableStatusCodes: ["UNAVAILABLE"],
  };
  const methodConfig = retries === "0" ? [] : [{ name: [{}], retryPolicy }];
  const client = open(target, JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }], methodConfig }));
  const seen = new Set();
  const failures = [];
  let calls = 0;
  let over = false;
  process.stdin.on("end", () => { over = true; }).resume();
  const caller = async () => {
    while (!over) {
      calls += 1;
      const name = prefix + calls;
      try {
        const [server, answered] = (await hello(client, name)).split(" ");
        if (answered !== name) throw new Error(`the answer to ${answered}`);
        if (!seen.has(server)) {
          seen.add(server);
          console.log(server);
        }
      } catch (error) {
        failures.push(`${name}: ${error.message}`);
      }
    }
  };
  await Promise.all(Array.from({ length: Number(jobs) }, caller));
  console.log(`${calls} ${failures.length}`);
  console.log(failures.slice(0, 5).join("\n"));
  client.close();
}

async function call(target, file) {
  for (const line of fs.readFileSync(file, "utf8").trimEnd().split("\n")) {
    const [config, names] = JSON.parse(line);
    const client = open(target, fs.readFileSync(config, "utf8"));
    const codes = [];
    for (const name of names) {
      codes.push(await hello(client, name).then(() => grpc.status.OK, (error) => error.code));
    }
    console.log(JSON.stringify(codes));
    client.close();
  }
}

({ load, call })[verb](...rest);
