package io.recthink.spark.completion;

import io.recthink.config.Configuration;
import io.recthink.generate.Completion;
import io.recthink.generate.PromptTokens;
import io.recthink.generate.RatingDistribution;
import io.recthink.generate.RatingPrefix;
import io.recthink.generate.SamplingOptions;
import io.recthink.generate.Seeds;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.util.LongAccumulator;

/**
 * What one task does: batch after batch of its rows, in their order, with the one policy of its JVM.
 *
 * @param reading what is read beside the greedy rating
 * @param maxBatch the most completions in one call of the generator, unless the samples of a single prompt are more
 * @param done counts the rows that are predicted
 */
record PredictionTask(
        PromptEncoding encoding,
        String system,
        long seed,
        Reading reading,
        int maxBatch,
        Configuration.Rollout rollout,
        Configuration.Model model,
        LongAccumulator done)
        implements Serializable {
    /** The step in the address of a sample: training steps count from 1. */
    private static final int NO_STEP = 0;

    /** The predictions of rows that have the columns of an example and the fallback. */
    Iterator<Row> predict(Iterator<Row> rows) {
        if (!rows.hasNext()) {
            return rows;
        }
        PolicyInTask policy = new PolicyInTask(encoding, model);
        return new BatchedRows(rows, maxBatch, batch -> predict(policy, batch));
    }

    /** The ratings of the samples of each row, null where none can be read; of rows as above. */
    Iterator<Row> ratings(Iterator<Row> rows) {
        if (!rows.hasNext()) {
            return rows;
        }
        PolicyInTask policy = new PolicyInTask(encoding, model);
        return new BatchedRows(rows, Math.max(1, maxBatch / reading.samples()), batch -> ratings(policy, batch));
    }

    private List<Row> ratings(PolicyInTask policy, List<Row> rows) {
        List<Example> batch = examples(policy, rows);
        List<List<Completion>> generated = policy.complete(prompts(batch, reading.samples()), sampling());
        List<Row> ratings = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            Double[] read = generated.get(i).stream()
                    .map(policy::rating)
                    .map(rating -> rating.isPresent() ? (Double) rating.getAsDouble() : null)
                    .toArray(Double[]::new);
            ratings.add(RowFactory.create(batch.get(i).rowId(), read));
        }
        done.add(batch.size());
        return ratings;
    }

    @SuppressWarnings("ArrayRecordComponent") // one number a token; never compared
    private record Example(String rowId, int[] prompt, double fallback) {}

    private List<Row> predict(PolicyInTask policy, List<Row> rows) {
        List<Example> batch = examples(policy, rows);
        List<Row> predictions = new ArrayList<>();
        Answers greedy = answers(policy, batch, 1, SamplingOptions.greedy(rollout.maxTokens()));
        add(policy, batch, greedy, List.of(Readout.GREEDY), predictions);
        int samples = reading.samples();
        if (samples > 0) {
            int prompts = Math.max(1, maxBatch / samples);
            for (int from = 0; from < batch.size(); from += prompts) {
                List<Example> part = batch.subList(from, Math.min(batch.size(), from + prompts));
                Answers sampled = answers(policy, part, samples, sampling());
                add(policy, part, sampled, List.of(Readout.MEAN, Readout.MEDIAN), predictions);
            }
        }
        if (reading.candidates() != null) {
            addDistributions(policy, batch, greedy, predictions);
        }
        done.add(batch.size());
        return predictions;
    }

    /**
     * The completions of some examples.
     *
     * @param completions [example, completion]
     * @param milliseconds of an example
     */
    private record Answers(List<List<Completion>> completions, double milliseconds) {}

    private Answers answers(PolicyInTask policy, List<Example> batch, int completions, SamplingOptions options) {
        long start = System.nanoTime();
        List<List<Completion>> generated = policy.complete(prompts(batch, completions), options);
        return new Answers(generated, (System.nanoTime() - start) / 1e6 / batch.size());
    }

    private void add(
            PolicyInTask policy, List<Example> batch, Answers answers, List<Readout> readouts, List<Row> predictions) {
        for (int i = 0; i < batch.size(); i++) {
            List<Completion> completions = answers.completions().get(i);
            List<OptionalDouble> ratings =
                    completions.stream().map(policy::rating).toList();
            for (Readout readout : readouts) {
                predictions.add(row(batch.get(i), completions, readout, readout.of(ratings), answers.milliseconds()));
            }
        }
    }

    private void addDistributions(PolicyInTask policy, List<Example> batch, Answers greedy, List<Row> predictions) {
        long start = System.nanoTime();
        List<RatingPrefix> prefixes = new ArrayList<>();
        List<Integer> places = new ArrayList<>(); // of each example among the prefixes; -1: it opens no rating
        for (int i = 0; i < batch.size(); i++) {
            Optional<RatingPrefix> prefix = policy.openedRating(
                    batch.get(i).prompt(), greedy.completions().get(i).get(0), reading.candidates());
            places.add(prefix.isPresent() ? prefixes.size() : -1);
            prefix.ifPresent(prefixes::add);
        }
        List<Optional<RatingDistribution>> distributions = policy.ratings(prefixes, maxBatch);
        double milliseconds = greedy.milliseconds() + (System.nanoTime() - start) / 1e6 / batch.size();
        for (int i = 0; i < batch.size(); i++) {
            Optional<RatingDistribution> distribution =
                    places.get(i) < 0 ? Optional.empty() : distributions.get(places.get(i));
            Completion trace = greedy.completions().get(i).get(0);
            predictions.add(row(
                    batch.get(i), trace, "expectation", distribution, RatingDistribution::expectation, milliseconds));
            predictions.add(row(batch.get(i), trace, "median", distribution, RatingDistribution::median, milliseconds));
        }
    }

    private static List<Example> examples(PolicyInTask policy, List<Row> rows) {
        return rows.stream()
                .map(row -> new Example(
                        row.getAs("rowId"), policy.prompt(row), row.<Double>getAs(PredictionStage.FALLBACK)))
                .toList();
    }

    private List<PromptTokens> prompts(List<Example> batch, int completions) {
        return batch.stream()
                .map(example -> new PromptTokens(example.prompt(), seeds(example.rowId(), completions)))
                .toList();
    }

    private SamplingOptions sampling() {
        return new SamplingOptions(rollout.maxTokens(), rollout.temperature(), rollout.topP(), List.of(), false);
    }

    private long[] seeds(String rowId, int completions) {
        return IntStream.range(0, completions)
                .mapToLong(sample -> Seeds.of(seed, NO_STEP, rowId, sample))
                .toArray();
    }

    private Row row(
            Example example,
            List<Completion> completions,
            Readout readout,
            OptionalDouble rating,
            double milliseconds) {
        return RowFactory.create(
                example.rowId(),
                system,
                seed,
                readout.label(reading.samples()),
                rating.orElse(example.fallback()),
                rating.isEmpty(),
                null,
                null,
                example.prompt().length,
                completions.stream()
                        .mapToInt(completion -> completion.tokens().length)
                        .sum(),
                milliseconds,
                readout == Readout.GREEDY ? completions.get(0).text() : null);
    }

    /** The scored tokens of the candidates are read, as those of the prompt are; what stands before them is in the trace. */
    private Row row(
            Example example,
            Completion trace,
            String readout,
            Optional<RatingDistribution> distribution,
            ToDoubleFunction<RatingDistribution> rating,
            double milliseconds) {
        return RowFactory.create(
                example.rowId(),
                system,
                seed,
                readout,
                distribution.map(rating::applyAsDouble).orElse(example.fallback()),
                distribution.isEmpty(),
                distribution.map(RatingDistribution::probabilities).orElse(null),
                distribution.map(RatingDistribution::mass).orElse(null),
                example.prompt().length
                        + distribution.map(RatingDistribution::tokens).orElse(0),
                trace.tokens().length,
                milliseconds,
                null);
    }
}
