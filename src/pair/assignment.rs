//! Minimum-cost assignment (Hungarian method with potentials, O(n^3)).

/// Assigns rows to columns at the minimum total cost; `cost[i][j]` must be finite. Returns the column of each
/// row; with more rows than columns the surplus rows get `None`. Ties go to the smaller index.
pub(crate) fn assign(cost: &[Vec<f64>]) -> Vec<Option<usize>> {
    let rows = cost.len();
    let columns = cost.first().map_or(0, Vec::len);
    if rows == 0 || columns == 0 {
        return vec![None; rows];
    }
    if rows > columns {
        let transposed: Vec<Vec<f64>> =
            (0..columns).map(|j| (0..rows).map(|i| cost[i][j]).collect()).collect();
        let mut out = vec![None; rows];
        for (j, row) in assign(&transposed).into_iter().enumerate() {
            if let Some(i) = row {
                out[i] = Some(j);
            }
        }
        return out;
    }
    // Index 0 of the columns stands for "none"; `row_of[j]` is the row assigned to column j, from 1.
    let (mut u, mut v) = (vec![0.0; rows + 1], vec![0.0; columns + 1]);
    let mut row_of = vec![0_usize; columns + 1];
    for i in 1..=rows {
        row_of[0] = i;
        let mut lowest = vec![f64::INFINITY; columns + 1];
        let mut came_from = vec![0_usize; columns + 1];
        let mut used = vec![false; columns + 1];
        let mut column = 0;
        while row_of[column] != 0 {
            used[column] = true;
            let row = row_of[column];
            let (mut delta, mut next) = (f64::INFINITY, 0);
            for j in 1..=columns {
                if used[j] {
                    continue;
                }
                let reduced = cost[row - 1][j - 1] - u[row] - v[j];
                if reduced < lowest[j] {
                    lowest[j] = reduced;
                    came_from[j] = column;
                }
                if lowest[j] < delta {
                    delta = lowest[j];
                    next = j;
                }
            }
            for j in 0..=columns {
                if used[j] {
                    u[row_of[j]] += delta;
                    v[j] -= delta;
                } else {
                    lowest[j] -= delta;
                }
            }
            column = next;
        }
        while column != 0 {
            row_of[column] = row_of[came_from[column]];
            column = came_from[column];
        }
    }
    let mut out = vec![None; rows];
    for j in 1..=columns {
        if row_of[j] != 0 {
            out[row_of[j] - 1] = Some(j - 1);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The minimum total over all ways to assign.
    fn least_total(cost: &[Vec<f64>], row: usize, used: usize, skips: usize) -> f64 {
        if row == cost.len() {
            return 0.0;
        }
        let mut best = f64::INFINITY;
        for (j, c) in cost[row].iter().enumerate().filter(|(j, _)| used & (1 << j) == 0) {
            best = best.min(c + least_total(cost, row + 1, used | 1 << j, skips));
        }
        if skips > 0 {
            best = best.min(least_total(cost, row + 1, used, skips - 1));
        }
        best
    }

    proptest! {
        #[test]
        fn is_never_beaten_by_brute_force(
            (rows, columns) in (1_usize..6, 1_usize..6),
            values in proptest::collection::vec(0_u32..1000, 36),
        ) {
            let cost: Vec<Vec<f64>> = (0..rows)
                .map(|i| (0..columns).map(|j| f64::from(values[i * 6 + j])).collect())
                .collect();
            let assigned = assign(&cost);
            let total: f64 = assigned.iter().enumerate().filter_map(|(i, j)| j.map(|j| cost[i][j])).sum();
            prop_assert_eq!(assigned.iter().flatten().count(), rows.min(columns));
            prop_assert_eq!(total, least_total(&cost, 0, 0, rows.saturating_sub(columns)));
        }
    }
}
