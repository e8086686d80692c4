//! Several lists of declarations made one, each list in the order that it has.

use super::page::Item;

/// A list of declarations by their places among all items. A field whose type is declared with it (a group, a map)
/// stands in two lists.
pub(super) type List = Vec<usize>;

/// Puts the items in one order in which every list keeps its own, as far as all lists allow it. What may come
/// next comes as it stood in the source, and, where that is not known, list by list.
pub(super) fn woven(lists: Vec<List>, items: Vec<Item>) -> Vec<Item> {
    let mut items: Vec<Option<Item>> = items.into_iter().map(Some).collect();
    // In how many lists each item is still behind another.
    let mut behind = vec![0_usize; items.len()];
    let mut queues: Vec<_> = lists.into_iter().map(|list| first_of_each(list, items.len())).collect();
    for queue in &queues {
        queue.as_slice().iter().skip(1).for_each(|&item| behind[item] += 1);
    }
    let mut out = Vec::with_capacity(items.len());
    loop {
        let heads =
            || queues.iter().enumerate().filter_map(|(at, queue)| Some((at, *queue.as_slice().first()?)));
        let position = |item: usize| items[item].as_ref().map(|item| item.position);
        let free =
            heads().filter(|&(_, item)| behind[item] == 0).min_by_key(|&(at, item)| (position(item), at));
        // Lists that contradict each other: somebody has to be first.
        let Some((_, next)) = free.or_else(|| heads().next()) else { break };
        out.extend(items[next].take());
        for queue in &mut queues {
            let mut moved = false;
            while queue.as_slice().first().is_some_and(|&item| items[item].is_none()) {
                queue.next();
                moved = true;
            }
            if let Some(&head) = queue.as_slice().first().filter(|_| moved) {
                behind[head] = behind[head].saturating_sub(1);
            }
        }
    }
    out
}

/// The list without what it has named before.
fn first_of_each(mut list: List, items: usize) -> std::vec::IntoIter<usize> {
    let mut seen = vec![false; items];
    list.retain(|&item| !std::mem::replace(&mut seen[item], true));
    list.into_iter()
}

#[cfg(test)]
mod tests {
    use super::super::page::NOWHERE;
    use super::*;

    fn order(lists: &[&[usize]], positions: &[i32]) -> Vec<String> {
        let item = |(at, line): (usize, &i32)| {
            let position = if *line < 0 { NOWHERE } else { (*line, 0) };
            Item { position, ..Item::line(at.to_string()) }
        };
        let items = positions.iter().enumerate().map(item).collect();
        woven(lists.iter().map(|list| list.to_vec()).collect(), items)
            .into_iter()
            .map(|item| item.head)
            .collect()
    }

    #[test]
    fn lists_keep_their_order_whatever_the_positions_say() {
        assert_eq!(order(&[&[0, 1], &[2, 3]], &[-1, -1, -1, -1]), ["0", "1", "2", "3"]);
        assert_eq!(order(&[&[0, 1], &[2, 3]], &[5, 6, 1, 9]), ["2", "0", "1", "3"]);
        assert_eq!(order(&[&[0, 1], &[2, 3]], &[9, 1, 3, 2]), ["2", "3", "0", "1"]);
    }

    #[test]
    fn what_is_in_two_lists_waits_in_both() {
        // 1 is a field and the second of the types.
        assert_eq!(order(&[&[0, 1, 2], &[3, 1, 4]], &[-1; 5]), ["0", "3", "1", "2", "4"]);
        assert_eq!(order(&[&[0, 1], &[1, 0]], &[-1; 2]), ["0", "1"], "a contradiction ends all the same");
        assert_eq!(order(&[&[0, 1, 0], &[0, 2, 0]], &[-1; 3]), ["0", "1", "2"]);
    }
}
