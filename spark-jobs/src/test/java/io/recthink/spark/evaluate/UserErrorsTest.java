package io.recthink.spark.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import io.recthink.statistics.FixedPoint;
import java.util.List;
import org.junit.jupiter.api.Test;

class UserErrorsTest {
    private final UserErrors.Layout layout = new UserErrors.Layout(
            new FixedPoint(20),
            2,
            3,
            List.of(new ValueRanks(0, 0, new double[] {2}), new ValueRanks(0, 0, new double[0])));

    @Test
    void manyRowsAddUpToTheSameHoweverTheyAreMerged() {
        UserErrors one = new UserErrors(layout);
        UserErrors left = new UserErrors(layout);
        UserErrors right = new UserErrors(layout);
        for (int i = 0; i < 500; i++) {
            PredictedRow row = row(i);
            one.add(row);
            (i % 7 == 0 ? left : right).add(row);
        }
        left.merge(right).merge(new UserErrors(layout).add(row(3)));
        one.add(row(3));
        assertThat(details(left)).isEqualTo(details(one));
        assertThat(errors(left)).isEqualTo(errors(one)).startsWith(501);
        assertThat(left.means()).isEqualTo(one.means());
        // Slice 1 has every second row, and so has its sum of errors.
        assertThat(details(one)[layout.sliceRows(1)]).isEqualTo(251);
        assertThat(details(one)[layout.binRows(0, 0)] + details(one)[layout.binRows(0, 1)])
                .isEqualTo(501);
    }

    private static PredictedRow row(int i) {
        return new PredictedRow(
                "user",
                1 + i % 5,
                i % 2 == 1 ? new int[] {0, 1} : new int[] {0},
                new double[] {1 + i % 3, 2.5},
                new boolean[2],
                new double[2]);
    }

    private long[] details(UserErrors user) {
        long[] totals = new long[layout.detailWidth()];
        user.details().addTo(totals);
        return totals;
    }

    private long[] errors(UserErrors user) {
        long[] totals = new long[layout.width()];
        user.errors().addTo(totals);
        return totals;
    }
}
