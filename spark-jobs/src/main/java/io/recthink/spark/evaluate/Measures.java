package io.recthink.spark.evaluate;

import io.recthink.spark.evaluate.Comparison.CalibrationBin;
import io.recthink.spark.evaluate.Comparison.CostRow;
import io.recthink.spark.evaluate.Comparison.FocusRow;
import io.recthink.spark.evaluate.Comparison.SeedRow;
import io.recthink.spark.evaluate.Comparison.SliceError;
import io.recthink.spark.evaluate.Comparison.SliceRow;
import io.recthink.spark.evaluate.ComparisonRow.Difference;
import io.recthink.spark.evaluate.ComparisonRow.Errors;
import io.recthink.spark.evaluate.ComparisonRow.Kind;
import io.recthink.spark.evaluate.ComparisonRow.Shape;
import io.recthink.spark.table.PolicyOrigin;
import io.recthink.spark.table.Readout;
import io.recthink.statistics.FixedPoint;
import io.recthink.statistics.Holm;
import io.recthink.statistics.Interval;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.IntPredicate;
import java.util.function.IntToDoubleFunction;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.descriptive.SummaryStatistics;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/** Computes the numbers of the table from the scored rows. */
final class Measures {
    private final SparkSession spark;
    private final EvaluationRequest request;
    private final Selection selection;
    private final List<SystemKey> keys;
    private final List<Slice> slices;
    private final RatingScale scale;
    private final FixedPoint unit;

    Measures(
            SparkSession spark,
            EvaluationRequest request,
            Selection selection,
            List<Slice> slices,
            RatingScale scale,
            FixedPoint unit) {
        this.spark = spark;
        this.request = request;
        this.selection = selection;
        this.keys = selection.keys();
        this.slices = slices;
        this.scale = scale;
        this.unit = unit;
    }

    /**
     * Results of the bootstrap over users.
     *
     * @param maes [system][resample]
     * @param rmses [system][resample]
     * @param userMaes [system]: mean over users of each user's MAE, without resampling
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Resampled(double[][] maes, double[][] rmses, double[] userMaes) {}

    Comparison of(JavaRDD<PredictedRow> rows, List<CostRow> costs, List<String> notes, List<PolicyOrigin> origins) {
        CompareSettings settings = request.settings();
        Totals totals = Totals.of(rows, unit, scale, keys.size());
        List<ValueRanks> ranks = ValueRanks.of(rows, scale, totals.ratingRows(), keys.size());
        double[] pairs = PairwiseAccuracy.of(rows, scale, keys.size());
        UserErrors.Layout layout = new UserErrors.Layout(unit, keys.size(), slices.size(), ranks);
        JavaPairRDD<Long, UserErrors> users = users(rows, layout);
        try {
            int count = Math.toIntExact(users.count());
            UserBootstrap bootstrap = new UserBootstrap(spark, users, count);
            Resampled resampled = resample(bootstrap, layout, userMaes(users, count));
            long[] plain = users.values()
                    .treeAggregate(new long[layout.detailWidth()], Measures::addDetails, Measures::addAll);
            long[][] details = bootstrap.totals(
                    UserErrors::details, layout.detailWidth(), settings.sliceResamples(), request.seed());
            return new Comparison(
                    table(totals, ranks, pairs, resampled),
                    keys.get(selection.reference()),
                    settings.confidence(),
                    selection.focus().stream().mapToObj(keys::get).findFirst(),
                    selection.focus().isPresent()
                            ? focusRows(totals, resampled, selection.focus().getAsInt())
                            : List.of(),
                    seeds(totals),
                    slices(layout, plain, details),
                    calibration(layout, plain, details, rows, ranks),
                    costs,
                    notes,
                    origins,
                    Map.of(),
                    List.of());
        } finally {
            users.unpersist();
        }
    }

    /** The errors of each user, keyed by the user's position in the order of the user ids. */
    private static JavaPairRDD<Long, UserErrors> users(JavaRDD<PredictedRow> rows, UserErrors.Layout layout) {
        return rows.mapToPair(row -> new Tuple2<>(row.userId(), row))
                .aggregateByKey(new UserErrors(layout), UserErrors::add, UserErrors::merge)
                .sortByKey()
                .values()
                .zipWithIndex()
                .mapToPair(Tuple2::swap)
                .persist(StorageLevel.MEMORY_AND_DISK());
    }

    private double[] userMaes(JavaPairRDD<Long, UserErrors> users, int count) {
        long[] sums = users.values()
                .treeAggregate(new long[keys.size()], (all, user) -> addAll(all, user.means()), Measures::addAll);
        return Arrays.stream(sums).mapToDouble(sum -> unit.value(sum) / count).toArray();
    }

    private static long[] addDetails(long[] totals, UserErrors user) {
        user.details().addTo(totals);
        return totals;
    }

    private static long[] addAll(long[] into, long[] more) {
        for (int i = 0; i < into.length; i++) {
            into[i] += more[i];
        }
        return into;
    }

    private Resampled resample(UserBootstrap bootstrap, UserErrors.Layout layout, double[] userMaes) {
        int resamples = request.settings().resamples();
        long[][] totals = bootstrap.totals(UserErrors::errors, layout.width(), resamples, request.seed());
        double[][] maes = new double[keys.size()][resamples];
        double[][] rmses = new double[keys.size()][resamples];
        for (int resample = 0; resample < resamples; resample++) {
            long[] total = totals[resample];
            for (int system = 0; system < keys.size(); system++) {
                maes[system][resample] = unit.value(total[1 + system]) / total[0];
                rmses[system][resample] = Math.sqrt(unit.value(total[1 + keys.size() + system]) / total[0]);
            }
        }
        return new Resampled(maes, rmses, userMaes);
    }

    private List<ComparisonRow> table(Totals totals, List<ValueRanks> ranks, double[] pairs, Resampled resampled) {
        List<Difference> differences = differences(totals, resampled);
        List<ComparisonRow> rows = new ArrayList<>();
        for (int system = 0; system < keys.size(); system++) {
            rows.add(new ComparisonRow(
                    keys.get(system),
                    kind(system),
                    totals.rows(),
                    totals.of(system).failed,
                    errors(totals, resampled, system),
                    differences.get(system),
                    shape(totals, ranks.get(system), pairs[system], system),
                    beatsPromptMeans(totals, system),
                    unranked(totals, system),
                    rank(totals, system, Readout::rankedByMae, other -> mae(totals, other)),
                    rank(totals, system, Readout::rankedByRmse, other -> mse(totals, other))));
        }
        return rows;
    }

    private Kind kind(int system) {
        return system < TrivialPredictors.KEYS.size()
                ? Kind.TRIVIAL
                : system < selection.saved() ? Kind.SAVED : Kind.ISOTONIC;
    }

    private static double mae(Totals totals, int system) {
        return totals.mean(totals.of(system).absolute);
    }

    private static double mse(Totals totals, int system) {
        return totals.mean(totals.of(system).squared);
    }

    private Errors errors(Totals totals, Resampled resampled, int system) {
        double confidence = request.settings().confidence();
        long parsed = totals.rows() - totals.of(system).failed;
        long scored = totals.of(system).crpsRows;
        return new Errors(
                mae(totals, system),
                Interval.percentile(resampled.maes()[system], confidence),
                Math.sqrt(mse(totals, system)),
                Interval.percentile(resampled.rmses()[system], confidence),
                share(totals.number(totals.of(system).parsedAbsolute), parsed),
                parsed == 0
                        ? OptionalDouble.empty()
                        : OptionalDouble.of(Math.sqrt(totals.number(totals.of(system).parsedSquared) / parsed)),
                resampled.userMaes()[system],
                totals.macroMae(system),
                totals.mean(totals.of(system).roundedAbsolute),
                1 - mae(totals, system) / mae(totals, TrivialPredictors.CONSTANT_MEDIAN),
                1 - mse(totals, system) / mse(totals, TrivialPredictors.GLOBAL_MEAN),
                scored == totals.rows() && scored > totals.of(system).failed
                        ? share(totals.number(totals.of(system).crps), scored)
                        : OptionalDouble.empty());
    }

    private static OptionalDouble share(double sum, long rows) {
        return rows == 0 ? OptionalDouble.empty() : OptionalDouble.of(sum / rows);
    }

    private List<Difference> differences(Totals totals, Resampled resampled) {
        int reference = selection.reference();
        double[][] drawn = IntStream.range(0, keys.size())
                .mapToObj(system -> difference(resampled, system, reference))
                .toArray(double[][]::new);
        double[] pValues = Arrays.stream(drawn).mapToDouble(Measures::pValue).toArray();
        double[] adjusted = holm(pValues, reference);
        return IntStream.range(0, keys.size())
                .mapToObj(system -> new Difference(
                        mae(totals, system) - mae(totals, reference),
                        Interval.percentile(drawn[system], request.settings().confidence()),
                        pValues[system],
                        adjusted[system]))
                .toList();
    }

    private static double[] difference(Resampled resampled, int system, int other) {
        double[] differences = new double[resampled.maes()[system].length];
        Arrays.setAll(differences, i -> resampled.maes()[system][i] - resampled.maes()[other][i]);
        return differences;
    }

    /**
     * Two-sided p-value: twice the share of resamples on the rarer side of zero. The count and the number of resamples
     * are increased by one, so that the p-value is never 0.
     */
    private static double pValue(double[] differences) {
        long above = Arrays.stream(differences).filter(d -> d >= 0).count();
        long below = Arrays.stream(differences).filter(d -> d <= 0).count();
        return Math.min(1, 2.0 * (Math.min(above, below) + 1) / (differences.length + 1));
    }

    /** Holm's correction over all rows except the row with index {@code without}, which gets 1. */
    private static double[] holm(double[] pValues, int without) {
        int[] others = IntStream.range(0, pValues.length)
                .filter(system -> system != without)
                .toArray();
        double[] adjusted =
                Holm.adjust(Arrays.stream(others).mapToDouble(i -> pValues[i]).toArray());
        double[] all = new double[pValues.length];
        all[without] = 1;
        for (int i = 0; i < others.length; i++) {
            all[others[i]] = adjusted[i];
        }
        return all;
    }

    private Shape shape(Totals totals, ValueRanks ranks, double pairAccuracy, int system) {
        double mean = totals.mean(totals.of(system).prediction);
        double variance = totals.mean(totals.of(system).predictionSquared) - mean * mean;
        double covariance = totals.mean(totals.of(system).predictionTruth) - mean * totals.truthMean();
        double slope = Double.isNaN(ranks.spearman()) ? Double.NaN : covariance / variance;
        return new Shape(
                ranks.spearman(),
                pairAccuracy,
                slope,
                totals.truthMean() - slope * mean,
                mean - totals.truthMean(),
                totals.truthVariance() == 0 ? Double.NaN : Math.max(0, variance) / totals.truthVariance(),
                (double) totals.of(system).integers / totals.rows(),
                ranks.modalShare());
    }

    private boolean beatsPromptMeans(Totals totals, int system) {
        Readout readout = keys.get(system).readout();
        return (readout.rankedByMae()
                        && mae(totals, system) < mae(totals, TrivialPredictors.PROMPT_MEANS_BY_DEVIATIONS))
                || (readout.rankedByRmse()
                        && mse(totals, system) < mse(totals, TrivialPredictors.PROMPT_MEANS_BY_SQUARES));
    }

    /** Whether too many rows failed for a rank: their bias predictions say nothing about the system. */
    private boolean unranked(Totals totals, int system) {
        return totals.of(system).failed > request.maxFailed() * totals.rows();
    }

    private OptionalInt rank(Totals totals, int system, Predicate<Readout> type, IntToDoubleFunction error) {
        IntPredicate ranked = other -> type.test(keys.get(other).readout()) && !unranked(totals, other);
        if (!ranked.test(system)) {
            return OptionalInt.empty();
        }
        double own = error.applyAsDouble(system);
        return OptionalInt.of(1
                + (int) IntStream.range(0, keys.size())
                        .filter(other -> ranked.test(other) && error.applyAsDouble(other) < own)
                        .count());
    }

    private List<FocusRow> focusRows(Totals totals, Resampled resampled, int focus) {
        double[][] drawn = IntStream.range(0, keys.size())
                .mapToObj(other -> difference(resampled, focus, other))
                .toArray(double[][]::new);
        double[] adjusted =
                holm(Arrays.stream(drawn).mapToDouble(Measures::pValue).toArray(), focus);
        return IntStream.range(0, keys.size())
                .filter(other -> other != focus)
                .mapToObj(other -> new FocusRow(
                        keys.get(other),
                        mae(totals, focus) - mae(totals, other),
                        Interval.percentile(drawn[other], request.settings().confidence()),
                        adjusted[other]))
                .toList();
    }

    private List<SeedRow> seeds(Totals totals) {
        Map<SystemKey, List<Integer>> readouts = new LinkedHashMap<>();
        for (int system = TrivialPredictors.KEYS.size(); system < keys.size(); system++) {
            SystemKey key = keys.get(system);
            readouts.computeIfAbsent(new SystemKey(key.system(), key.readout(), 0), any -> new ArrayList<>())
                    .add(system);
        }
        List<SeedRow> rows = new ArrayList<>();
        readouts.forEach((key, systems) -> {
            if (systems.size() > 1) {
                SummaryStatistics mae = new SummaryStatistics();
                SummaryStatistics rmse = new SummaryStatistics();
                systems.forEach(system -> {
                    mae.addValue(mae(totals, system));
                    rmse.addValue(Math.sqrt(mse(totals, system)));
                });
                rows.add(new SeedRow(
                        key.system(),
                        key.readout().name(),
                        systems.size(),
                        mae.getMean(),
                        mae.getStandardDeviation(),
                        rmse.getMean(),
                        rmse.getStandardDeviation()));
            }
        });
        return rows;
    }

    private List<SliceRow> slices(UserErrors.Layout layout, long[] plain, long[][] details) {
        List<SliceRow> rows = new ArrayList<>();
        for (int slice = 0; slice < slices.size(); slice++) {
            int at = slice;
            long count = plain[layout.sliceRows(slice)];
            List<SliceError> scores = count < Slice.LEAST_ROWS
                    ? List.of()
                    : IntStream.range(0, keys.size())
                            .mapToObj(system -> new SliceError(
                                    keys.get(system),
                                    unit.value(plain[layout.sliceAbsolute(at, system)]) / count,
                                    interval(details, layout.sliceAbsolute(at, system), layout.sliceRows(at))))
                            .toList();
            rows.add(new SliceRow(slices.get(slice).group(), slices.get(slice).name(), count, scores));
        }
        return rows;
    }

    private List<CalibrationBin> calibration(
            UserErrors.Layout layout,
            long[] plain,
            long[][] details,
            JavaRDD<PredictedRow> rows,
            List<ValueRanks> ranks) {
        FixedPoint whole = unit;
        long[] predictions = rows.treeAggregate(
                new long[keys.size() * ValueRanks.BINS],
                (sums, row) -> {
                    for (int system = 0; system < ranks.size(); system++) {
                        double yhat = row.yhat()[system];
                        sums[system * ValueRanks.BINS + ranks.get(system).bin(yhat)] += whole.of(yhat);
                    }
                    return sums;
                },
                Measures::addAll);
        List<CalibrationBin> bins = new ArrayList<>();
        for (int system = 0; system < keys.size(); system++) {
            for (int bin = 0; bin < ValueRanks.BINS; bin++) {
                long count = plain[layout.binRows(system, bin)];
                if (count > 0) {
                    bins.add(new CalibrationBin(
                            keys.get(system),
                            bin,
                            count,
                            unit.value(predictions[system * ValueRanks.BINS + bin]) / count,
                            unit.value(plain[layout.binTruth(system, bin)]) / count,
                            interval(details, layout.binTruth(system, bin), layout.binRows(system, bin))));
                }
            }
        }
        return bins;
    }

    /** Interval of the mean of a column, over the resamples that have rows for it. */
    private Interval interval(long[][] details, int sum, int count) {
        double[] means = Arrays.stream(details)
                .filter(total -> total[count] > 0)
                .mapToDouble(total -> unit.value(total[sum]) / total[count])
                .toArray();
        return means.length == 0
                ? new Interval(Double.NaN, Double.NaN)
                : Interval.percentile(means, request.settings().confidence());
    }
}
