package io.recthink.spark.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recthink.InvalidInputException;
import io.recthink.spark.run.Cursor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PromptOrderTest {
    /** Pools of many shapes: how many rows there are of each rating, and the prompts of a step. */
    private static final List<int[]> SHAPES = List.of(
            new int[] {4, 1, 1, 1, 1, 20},
            new int[] {8, 1, 2, 5, 20, 72},
            new int[] {3, 3, 3, 3},
            new int[] {7, 7},
            new int[] {10, 1, 30},
            new int[] {16, 2, 3, 60});

    @Test
    void asIsEachRowComesOnceAnEpoch() {
        List<String> rows = ids(20);
        PromptOrder order = new PromptOrder(5, rows, 4, "pool");
        List<String> drawn = new ArrayList<>();
        Cursor cursor = Cursor.START;
        for (int step = 0; step < 5; step++) {
            drawn.addAll(order.at(cursor).rowIds());
            cursor = order.at(cursor).next();
        }
        assertThat(drawn).containsExactlyInAnyOrderElementsOf(rows);
        assertThat(cursor).isEqualTo(new Cursor(0, 20));
        assertThat(order.at(cursor).first()).isEqualTo(new Cursor(1, 0));
    }

    @Test
    void noStepOfABalancedOrderHoldsARowTwice() {
        for (int[] shape : SHAPES) {
            PromptOrder order = balanced(3, shape);
            Cursor cursor = Cursor.START;
            for (int step = 0; step < 60; step++) {
                PromptOrder.Step drawn = order.at(cursor);
                assertThat(drawn.rowIds()).hasSize(shape[0]).doesNotHaveDuplicates();
                cursor = drawn.next();
            }
        }
    }

    @Test
    void aBalancedEpochDrawsEachRatingAsOftenAsTheOthersWhereItHasTheRows() {
        Map<Double, Integer> counts = counts(balanced(3, new int[] {8, 4, 5, 8, 20, 63}), 100);
        assertThat(counts.values()).containsOnly(20);
    }

    /** Written down anew: each draw takes the rating with the fewest draws among those that have a row to spare. */
    @Test
    void aRatingWithTooFewRowsComesAsOftenAsStepsCanHoldThem() {
        int perStep = 8;
        PromptOrder order = balanced(3, new int[] {perStep, 1, 99});
        List<String> epoch = order.ahead(Cursor.START, 1000);
        assertThat(epoch).hasSize(100);
        List<Integer> rare = IntStream.range(0, 100)
                .filter(i -> epoch.get(i).startsWith("1-"))
                .boxed()
                .toList();
        assertThat(rare).hasSizeBetween(100 / perStep, 100 / perStep + 1);
        for (int i = 1; i < rare.size(); i++) {
            assertThat(rare.get(i) - rare.get(i - 1)).isEqualTo(perStep);
        }
    }

    @Test
    void rowsOfARatingTakeTurnsAndComeInAnotherOrderNextEpoch() {
        PromptOrder order = balanced(3, new int[] {4, 6, 40});
        for (int epoch = 0; epoch < 3; epoch++) {
            List<String> rare = order.ahead(new Cursor(epoch, 0), 46).stream()
                    .filter(id -> id.startsWith("1-"))
                    .toList();
            assertThat(rare).hasSize(23);
            for (int i = 6; i < rare.size(); i++) {
                assertThat(rare.get(i)).isEqualTo(rare.get(i - 6));
            }
            assertThat(new HashSet<>(rare.subList(0, 6))).hasSize(6);
        }
        Set<String> first = new HashSet<>(order.ahead(new Cursor(0, 0), 46));
        Set<String> second = new HashSet<>(order.ahead(new Cursor(1, 0), 46));
        assertThat(first).isNotEqualTo(second);
    }

    /** Counted anew from the epochs, forwards and, as a resumed run asks, from anywhere. */
    @Test
    void rowsBeforeACursorCountOnce() {
        PromptOrder order = balanced(3, new int[] {4, 6, 40});
        PromptOrder asIs =
                new PromptOrder(3, List.copyOf(truths(new int[] {4, 6, 40}).keySet()), 4, "pool");
        for (Cursor cursor : List.of(
                Cursor.START,
                new Cursor(0, 4),
                new Cursor(0, 40),
                new Cursor(1, 8),
                new Cursor(3, 0),
                new Cursor(1, 4))) {
            Set<String> rows = new HashSet<>();
            for (int epoch = 0; epoch < cursor.epoch(); epoch++) {
                rows.addAll(order.ahead(new Cursor(epoch, 0), 46));
            }
            rows.addAll(order.ahead(new Cursor(cursor.epoch(), 0), cursor.position()));
            assertThat(order.distinctBefore(cursor)).isEqualTo(rows.size());
            assertThat(asIs.distinctBefore(cursor)).isEqualTo(cursor.epoch() == 0 ? cursor.position() : 46);
        }
        assertThat(order.distinctBefore(new Cursor(0, 40))).isLessThan(40);
    }

    @Test
    void anOrderDependsOnSeedAndRowsAlone() {
        for (int[] shape : SHAPES) {
            Map<String, Double> truths = truths(shape);
            List<String> names = new ArrayList<>(truths.keySet());
            Collections.shuffle(names, new Random(1));
            Map<String, Double> other = new LinkedHashMap<>();
            names.forEach(name -> other.put(name, truths.get(name)));
            PromptOrder one = PromptOrder.balanced(3, truths, shape[0], "pool");
            PromptOrder same = PromptOrder.balanced(3, other, shape[0], "pool");
            // Resumed in the middle: nothing but the cursor is known.
            for (Cursor cursor : List.of(new Cursor(2, 0), new Cursor(0, 3), new Cursor(1, 2), Cursor.START)) {
                assertThat(same.at(cursor)).isEqualTo(one.at(cursor));
            }
            assertThat(PromptOrder.balanced(4, truths, shape[0], "pool").ahead(Cursor.START, 99))
                    .isNotEqualTo(one.ahead(Cursor.START, 99));
        }
    }

    @Test
    void furtherRowsAreNoneOfTheStepAndGoOnInTheNextEpoch() {
        for (boolean balanced : new boolean[] {false, true}) {
            int[] shape = {4, 3, 4, 5};
            PromptOrder order = balanced ? balanced(3, shape) : new PromptOrder(3, ids(12), 4, "pool");
            PromptOrder.Step last = order.at(new Cursor(0, 8));
            Set<String> has = Set.copyOf(last.rowIds());
            PromptOrder.Step further = order.further(last.next(), 3, has);
            assertThat(further.rowIds()).hasSize(3).doesNotHaveDuplicates().doesNotContainAnyElementsOf(has);
            assertThat(further.next().epoch()).isEqualTo(1);
            List<String> next = order.ahead(new Cursor(1, 0), 12);
            List<String> expected = next.stream()
                    .distinct()
                    .filter(id -> !has.contains(id))
                    .limit(3)
                    .toList();
            assertThat(further.rowIds()).isEqualTo(expected);
            assertThat(next.get(further.next().position() - 1)).isEqualTo(expected.get(2));
        }
    }

    @Test
    void furtherRowsOfTheSameEpochComeFirst() {
        PromptOrder order = new PromptOrder(3, ids(12), 4, "pool");
        PromptOrder.Step first = order.at(Cursor.START);
        PromptOrder.Step further = order.further(first.next(), 2, Set.copyOf(first.rowIds()));
        assertThat(further.rowIds()).isEqualTo(order.ahead(first.next(), 2));
        assertThat(further.next()).isEqualTo(new Cursor(0, 6));
        assertThat(order.further(first.next(), 0, Set.of()).next()).isEqualTo(first.next());
    }

    @Test
    void aPoolThatIsUsedUpGivesFewerRows() {
        PromptOrder order = new PromptOrder(3, ids(5), 4, "pool");
        PromptOrder.Step first = order.at(Cursor.START);
        PromptOrder.Step further = order.further(first.next(), 3, Set.copyOf(first.rowIds()));
        assertThat(further.rowIds()).hasSize(1).doesNotContainAnyElementsOf(first.rowIds());
        assertThat(further.next()).isEqualTo(new Cursor(0, 5));
        assertThat(order.further(further.next(), 3, Set.copyOf(ids(5))))
                .isEqualTo(new PromptOrder.Step(List.of(), further.next(), further.next()));
    }

    @Test
    void aPoolSmallerThanAStepIsRefused() {
        assertThatThrownBy(() -> PromptOrder.balanced(1, truths(new int[] {4, 1, 2}), 4, "pool"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("pool has 3 rows, but a step takes 4 rows");
    }

    private static Map<Double, Integer> counts(PromptOrder order, int rows) {
        Map<Double, Integer> counts = new TreeMap<>();
        order.ahead(Cursor.START, rows).forEach(id -> counts.merge((double) (id.charAt(0) - '0'), 1, Integer::sum));
        return counts;
    }

    private static PromptOrder balanced(long seed, int[] shape) {
        return PromptOrder.balanced(seed, truths(shape), shape[0], "pool");
    }

    private static Map<String, Double> truths(int[] shape) {
        Map<String, Double> truths = new HashMap<>();
        for (int rating = 1; rating < shape.length; rating++) {
            for (int i = 0; i < shape[rating]; i++) {
                truths.put(rating + "-" + i, (double) rating);
            }
        }
        return truths;
    }

    private static List<String> ids(int count) {
        return IntStream.range(0, count).mapToObj(i -> "row-" + i).toList();
    }
}
