package io.recthink;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.correlation.PearsonsCorrelation;
import org.apache.commons.math3.stat.inference.ChiSquareTest;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class SeedsTest {
    @Test
    void dependOnEveryPartOfTheAddress() {
        Set<Long> seeds = new HashSet<>();
        for (long run : new long[] {0, 1, -1}) {
            for (int step = 0; step < 20; step++) {
                for (String row : new String[] {"", "a", "b", "ab"}) {
                    for (int sample = 0; sample < 20; sample++) {
                        seeds.add(Seeds.of(run, step, row, sample));
                    }
                }
            }
        }
        assertThat(seeds).hasSize(3 * 20 * 4 * 20);
    }

    @Test
    void stayTheSameForever() {
        assertThat(Seeds.of(42, 7, "row-ü", 3)).isEqualTo(-3544215980735295510L);
        assertThat(Seeds.uniform(42, 0)).isEqualTo(0.7415648787718232);
    }

    @Test
    void drawTheNumbersOfSplitMix64() {
        SplittableRandom reference = new SplittableRandom(1234);
        for (int position = 0; position < 100; position++) {
            assertThat(Seeds.uniform(1234, position)).isEqualTo((reference.nextLong() >>> 12) * 0x1p-52);
        }
    }

    @Test
    void drawUniformNumbersThatDoNotDependOnEachOther() {
        double[] first = numbers(0);
        double[] second = numbers(1);
        for (double[] numbers : new double[][] {first, second}) {
            long[] counts = new long[100];
            Arrays.stream(numbers).forEach(number -> counts[(int) (100 * number)]++);
            double[] expected = new double[100];
            Arrays.fill(expected, numbers.length / 100.);
            assertThat(new ChiSquareTest().chiSquareTest(expected, counts)).isGreaterThan(1e-3);
        }
        assertThat(new PearsonsCorrelation().correlation(first, second)).isCloseTo(0, Offset.offset(0.02));
    }

    private static double[] numbers(int position) {
        return IntStream.range(0, 50_000)
                .mapToDouble(sample -> Seeds.uniform(Seeds.of(1, 2, "row", sample), position))
                .toArray();
    }
}
