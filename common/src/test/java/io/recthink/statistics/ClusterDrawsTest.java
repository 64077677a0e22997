package io.recthink.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ClusterDrawsTest {
    private static final int SYSTEMS = 3;

    private final FixedPoint unit = new FixedPoint(40);
    private final Referee referee = Referee.read();

    ClusterDrawsTest() throws IOException {}

    @Test
    void intervalsAreThoseOfNumpyOnTheSameDraws() {
        long[][] totals = totals(users(), referee.at("resamples").asInt(), 17);
        double confidence = referee.at("confidence").asDouble();
        for (int system = 0; system < SYSTEMS; system++) {
            assertSame(Interval.percentile(maes(totals, system), confidence), "maeInterval/" + system, 1e-9);
            assertSame(Interval.percentile(rmses(totals, system), confidence), "rmseInterval/" + system, 1e-9);
            assertSame(
                    Interval.percentile(minus(maes(totals, system), maes(totals, 0)), confidence),
                    "differenceTo0/" + system,
                    1e-9);
        }
    }

    @Test
    void intervalsAgreeWithAnIndependentBootstrap() {
        long[][] totals = totals(users(), 20_000, 3);
        for (int system = 0; system < SYSTEMS; system++) {
            assertSame(Interval.percentile(maes(totals, system), 0.9), "plainMaeInterval/" + system, 0.004);
            assertSame(
                    Interval.percentile(minus(maes(totals, system), maes(totals, 0)), 0.9),
                    "plainDifferenceTo0/" + system,
                    0.004);
        }
    }

    @Test
    void blocksTogetherDrawAsManyAsThereAreWithReplacement() {
        int count = 10_000;
        ClusterDraws draws = new ClusterDraws(count, 50, 5);
        assertThat(draws.blocks()).isEqualTo(3);
        List<Cluster> clusters = IntStream.range(0, count)
                .<Cluster>mapToObj(i -> totals -> totals[i]++)
                .toList();
        long[] times = new long[count];
        for (int resample = 0; resample < draws.resamples(); resample++) {
            long[] counts = new long[count];
            draw(draws, resample, clusters, counts);
            assertThat(Arrays.stream(counts).sum()).isEqualTo(count);
            // The share that is never drawn is 1/e.
            assertThat(Arrays.stream(counts).filter(c -> c == 0).count()).isBetween(3_500L, 3_860L);
            Arrays.setAll(times, i -> times[i] + counts[i]);
        }
        // 50 draws each on average, Poisson: no cluster, and no block, is favoured.
        assertThat(Arrays.stream(times).max().orElseThrow()).isLessThan(90);
        assertThat(Arrays.stream(times).min().orElseThrow()).isGreaterThan(15);
        double first = Arrays.stream(times, 0, 4096).average().orElseThrow();
        assertThat(first).isCloseTo(50, within(0.5));
    }

    @Test
    void everyBlockVariesAsTheWholeDoes() {
        // The variance of a mean over all clusters must come out right although blocks are drawn apart.
        int count = 9_000;
        ClusterDraws draws = new ClusterDraws(count, 2_000, 11);
        List<Cluster> clusters = IntStream.range(0, count)
                .<Cluster>mapToObj(i -> totals -> totals[0] += i)
                .toList();
        double[] means = new double[draws.resamples()];
        for (int resample = 0; resample < means.length; resample++) {
            long[] totals = new long[1];
            draw(draws, resample, clusters, totals);
            means[resample] = (double) totals[0] / count;
        }
        double mean = Arrays.stream(means).average().orElseThrow();
        double deviation =
                Math.sqrt(Arrays.stream(means).map(m -> (m - mean) * (m - mean)).sum() / (means.length - 1));
        assertThat(mean).isCloseTo((count - 1) / 2.0, within(3.0));
        assertThat(deviation / (count / Math.sqrt(12) / Math.sqrt(count))).isCloseTo(1, within(0.06));
    }

    @Test
    void whatIsDrawnTogetherIsWhatIsDrawnApart() {
        // Sums of which most are zero, in stretches of every length, and more resamples than are drawn at one time.
        int columns = 300;
        int count = 500;
        List<Cluster> clusters = IntStream.range(0, count)
                .<Cluster>mapToObj(i -> totals -> {
                    totals[0] += i % 3;
                    totals[columns - 1] -= i;
                    for (int column = i; column < columns && column < i + i % 40; column += 1 + i % 30) {
                        totals[column] += 1 + column;
                    }
                })
                .toList();
        ClusterDraws draws = new ClusterDraws(count, 150, 23);
        long[][] together = new long[140][columns];
        int[] all = new int[140];
        Arrays.fill(all, count);
        draws.add(10, 0, clusters, all, together);
        for (int resample = 0; resample < together.length; resample++) {
            long[] apart = new long[columns];
            SplittableRandom random = new SplittableRandom(seed(23, 10 + resample));
            for (int draw = 0; draw < count; draw++) {
                clusters.get((int) (((random.nextLong() >>> 32) * count) >>> 32))
                        .addTo(apart);
            }
            assertThat(together[resample]).as("resample %d", resample).isEqualTo(apart);
        }
    }

    private static long seed(long seed, int resample) {
        return new SplittableRandom(seed).longs(resample + 1).toArray()[resample];
    }

    @Test
    void theSeedAloneDecides() {
        long[][] first = totals(users(), 20, 17);
        assertThat(totals(users(), 20, 17)).isDeepEqualTo(first);
        assertThat(totals(users(), 20, 18)[0]).isNotEqualTo(first[0]);
    }

    @Test
    void nothingToDrawIsRefused() {
        assertThatThrownBy(() -> new ClusterDraws(0, 10, 1)).hasMessageContaining("at least one cluster");
    }

    /** The rows, |e| and e^2 of the users of the referee. */
    private List<Cluster> users() {
        double[] user = referee.numbers("user");
        double[] truth = referee.numbers("truth");
        List<Cluster> clusters = new ArrayList<>();
        for (int u = 0; u < 40; u++) {
            long[] sums = new long[1 + 2 * SYSTEMS];
            for (int row = 0; row < user.length; row++) {
                if (user[row] == u) {
                    sums[0]++;
                    for (int system = 0; system < SYSTEMS; system++) {
                        double error = referee.at("yhat/" + system + "/" + row).asDouble() - truth[row];
                        sums[1 + system] += unit.of(Math.abs(error));
                        sums[1 + SYSTEMS + system] += unit.of(error * error);
                    }
                }
            }
            clusters.add(totals -> Arrays.setAll(totals, i -> totals[i] + sums[i]));
        }
        return clusters;
    }

    private static long[][] totals(List<Cluster> clusters, int resamples, long seed) {
        ClusterDraws draws = new ClusterDraws(clusters.size(), resamples, seed);
        long[][] totals = new long[resamples][1 + 2 * SYSTEMS];
        for (int resample = 0; resample < resamples; resample++) {
            draw(draws, resample, clusters, totals[resample]);
        }
        return totals;
    }

    private static void draw(ClusterDraws draws, int resample, List<Cluster> clusters, long[] totals) {
        int[] perBlock = draws.perBlock(resample);
        for (int block = 0; block < draws.blocks(); block++) {
            int at = block;
            List<Cluster> members = IntStream.range(0, clusters.size())
                    .filter(cluster -> draws.block(cluster) == at)
                    .mapToObj(clusters::get)
                    .toList();
            draws.add(resample, block, members, new int[] {perBlock[block]}, new long[][] {totals});
        }
    }

    private double[] maes(long[][] totals, int system) {
        return Arrays.stream(totals)
                .mapToDouble(total -> unit.value(total[1 + system]) / total[0])
                .toArray();
    }

    private double[] rmses(long[][] totals, int system) {
        return Arrays.stream(totals)
                .mapToDouble(total -> Math.sqrt(unit.value(total[1 + SYSTEMS + system]) / total[0]))
                .toArray();
    }

    private static double[] minus(double[] left, double[] right) {
        return IntStream.range(0, left.length)
                .mapToDouble(i -> left[i] - right[i])
                .toArray();
    }

    private void assertSame(Interval interval, String path, double tolerance) {
        assertThat(interval.low()).isCloseTo(referee.numbers(path)[0], within(tolerance));
        assertThat(interval.high()).isCloseTo(referee.numbers(path)[1], within(tolerance));
    }
}
