//! How deep types nest: the compiler follows them, and has to be told of more than it takes by itself.

use super::model::{TypeDef, Use};
use super::passes::circles;

/// How many types stand within one another, at most; of those that name each other in a circle, all.
pub(super) fn of(types: &[TypeDef]) -> usize {
    let edges: Vec<Vec<usize>> =
        types.iter().map(|ty| ty.uses().into_iter().filter_map(Use::names).map(|id| id.0).collect()).collect();
    deepest(&edges)
}

fn deepest(edges: &[Vec<usize>]) -> usize {
    let circle: Vec<usize> = circles(edges).into_iter().map(|(circle, _)| circle).collect();
    let mut depth = vec![0; edges.len()];
    let mut below = vec![0; edges.len()];
    let mut users: Vec<Vec<usize>> = vec![Vec::new(); edges.len()];
    for (node, to) in edges.iter().enumerate() {
        depth[circle[node]] += 1;
        for to in to.iter().filter(|to| circle[**to] != circle[node]) {
            users[circle[*to]].push(circle[node]);
            below[circle[node]] += 1;
        }
    }
    let own = depth.clone();
    // From what holds nothing up to what holds the most.
    let mut due: Vec<usize> = (0..edges.len()).filter(|node| circle[*node] == *node && below[*node] == 0).collect();
    while let Some(node) = due.pop() {
        for user in &users[node] {
            depth[*user] = depth[*user].max(own[*user] + depth[node]);
            below[*user] -= 1;
            if below[*user] == 0 {
                due.push(*user);
            }
        }
    }
    depth.into_iter().max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::deepest;

    #[test]
    fn the_deepest_way_counts() {
        assert_eq!(deepest(&[]), 0);
        assert_eq!(deepest(&[vec![1, 2], vec![2], vec![], vec![]]), 3);
        assert_eq!(deepest(&[vec![1], vec![2, 2], vec![1, 3], vec![3]]), 4);
    }
}
