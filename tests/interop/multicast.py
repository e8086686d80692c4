"""Servers in the local network as python-zeroconf sees them, and tells of them.

multicast.py OWN register NAME PORT ADDRESS TTL: tells, says so in a line, and takes it back at the end of stdin
multicast.py OWN browse: a line of JSON for each server that comes or goes, until stdin ends
OWN is this machine's address in the network.
"""

import json
import sys

from zeroconf import IPVersion, ServiceBrowser, ServiceInfo, Zeroconf

KIND = "_greeter._tcp.local."


class Listener:
    def tell(self, zeroconf, event, name):
        told = {"event": event, "name": name}
        if event == "add":
            info = zeroconf.get_service_info(KIND, name, 10000)
            told["addresses"] = info.parsed_addresses(IPVersion.V4Only)
            told["port"] = info.port
            told["said"] = {key.decode(): value and value.decode() for key, value in info.properties.items()}
        print(json.dumps(told), flush=True)

    def add_service(self, zeroconf, _kind, name):
        self.tell(zeroconf, "add", name)

    def remove_service(self, zeroconf, _kind, name):
        self.tell(zeroconf, "remove", name)

    def update_service(self, *_):
        pass


def main():
    own, what, *rest = sys.argv[1:]
    zeroconf = Zeroconf(interfaces=[own], ip_version=IPVersion.V4Only)
    if what == "browse":
        ServiceBrowser(zeroconf, KIND, Listener())
        print("asked", flush=True)
        sys.stdin.read()
    else:
        name, port, address, ttl = rest
        info = ServiceInfo(
            KIND,
            f"{name}.{KIND}",
            port=int(port),
            parsed_addresses=address.split(","),
            properties={"zone": "a", "flag": None, "evil": b"\x1b[2J\xff"},
            server="other.local.",
            host_ttl=int(ttl),
            other_ttl=int(ttl),
        )
        zeroconf.register_service(info)
        print("registered", flush=True)
        sys.stdin.read()
        zeroconf.unregister_service(info)
    zeroconf.close()


main()
