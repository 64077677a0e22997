package io.recthink.spark.completion;

import io.recthink.config.Configuration;
import io.recthink.generate.Completion;
import io.recthink.generate.PromptTokens;
import io.recthink.generate.SamplingOptions;
import io.recthink.generate.Seeds;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.util.LongAccumulator;

/**
 * What one task does: batch after batch of its rows, in their order, with the one policy of its JVM.
 *
 * @param samples completions a row beside the greedy one; 0: none
 * @param maxBatch the most completions in one call of the generator, unless the samples of a single prompt are more
 * @param done counts the rows that are predicted
 */
record PredictionTask(
        PromptEncoding encoding,
        String system,
        long seed,
        int samples,
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
        return new BatchedRows(rows, Math.max(1, maxBatch / samples), batch -> ratings(policy, batch));
    }

    private List<Row> ratings(PolicyInTask policy, List<Row> rows) {
        List<Example> batch = examples(policy, rows);
        List<List<Completion>> generated = policy.complete(prompts(batch, samples), sampling());
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
        predict(policy, batch, 1, SamplingOptions.greedy(rollout.maxTokens()), List.of(Readout.GREEDY), predictions);
        if (samples > 0) {
            int prompts = Math.max(1, maxBatch / samples);
            for (int from = 0; from < batch.size(); from += prompts) {
                List<Example> part = batch.subList(from, Math.min(batch.size(), from + prompts));
                predict(policy, part, samples, sampling(), List.of(Readout.MEAN, Readout.MEDIAN), predictions);
            }
        }
        done.add(batch.size());
        return predictions;
    }

    private void predict(
            PolicyInTask policy,
            List<Example> batch,
            int completions,
            SamplingOptions options,
            List<Readout> readouts,
            List<Row> predictions) {
        long start = System.nanoTime();
        List<List<Completion>> generated = policy.complete(prompts(batch, completions), options);
        double milliseconds = (System.nanoTime() - start) / 1e6 / batch.size();
        for (int i = 0; i < batch.size(); i++) {
            List<OptionalDouble> ratings =
                    generated.get(i).stream().map(policy::rating).toList();
            for (Readout readout : readouts) {
                predictions.add(row(batch.get(i), generated.get(i), readout, readout.of(ratings), milliseconds));
            }
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
                readout.label(samples),
                rating.orElse(example.fallback()),
                rating.isEmpty(),
                null,
                example.prompt().length,
                completions.stream()
                        .mapToInt(completion -> completion.tokens().length)
                        .sum(),
                milliseconds,
                readout == Readout.GREEDY ? completions.get(0).text() : null);
    }
}
