package io.recthink.spark.completion;

import io.recthink.generate.Finish;
import io.recthink.generate.RatingDistribution;
import io.recthink.generate.RatingPrefix;
import io.recthink.generate.RolloutSettings;
import io.recthink.model.ModelSettings;
import io.recthink.prompt.OutputGrammar;
import io.recthink.reward.RewardSettings;
import io.recthink.spark.table.PredictionRow;
import io.recthink.spark.table.Readout;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.util.LongAccumulator;

/**
 * A task that predicts examples, or samples ratings for them.
 *
 * @param reading the read-outs beside the greedy rating
 * @param maxBatch the maximum number of completions in one call of the generator; one prompt's samples may be more
 * @param reward what it takes for a well-formed sample
 * @param done counts the predicted rows
 */
record PredictionTask(
        PromptEncoding encoding,
        String system,
        long seed,
        Reading reading,
        int maxBatch,
        RolloutSettings rollout,
        ModelSettings model,
        RewardSettings reward,
        LongAccumulator done)
        implements Serializable {
    /** The step in the address of a sample; training steps start at 1. */
    private static final int NO_STEP = 0;

    /** The prompt of an example, with its fallback rating. */
    @SuppressWarnings("ArrayRecordComponent") // records are never compared
    private record Example(String rowId, int[] tokens, double fallback) implements AskedPrompt {}

    /** The predictions of rows with the columns of an example and the column {@link PredictionStage#FALLBACK}. */
    Iterator<Row> predict(Iterator<Row> rows) {
        return new CompletionTask(encoding.policy(), model, maxBatch).rows(rows, policy -> {
            PromptsInTask prompts = new PromptsInTask(encoding);
            return batch -> predict(policy, prompts, batch);
        });
    }

    /**
     * The ratings of the samples of each row, with null for a rating that cannot be read, and whether each sample is well
     * formed. The rows are as for {@link #predict}.
     */
    Iterator<Row> ratings(Iterator<Row> rows) {
        return new CompletionTask(encoding.policy(), model, promptsWithSamples()).rows(rows, policy -> {
            PromptsInTask prompts = new PromptsInTask(encoding);
            OutputGrammar wellFormed = prompts.grammar(reward);
            return batch -> ratings(policy, prompts, wellFormed, batch);
        });
    }

    private int promptsWithSamples() {
        return Math.max(1, maxBatch / reading.samples());
    }

    private Sampling sampling() {
        return Sampling.of(rollout, reading.samples(), seed, NO_STEP);
    }

    private static List<Example> examples(PromptsInTask prompts, List<Row> rows) {
        return rows.stream()
                .map(row -> new Example(
                        row.getAs("rowId"), prompts.tokens(row), row.<Double>getAs(PredictionStage.FALLBACK)))
                .toList();
    }

    private List<Row> ratings(PolicyInTask policy, PromptsInTask prompts, OutputGrammar wellFormed, List<Row> rows) {
        List<Row> ratings = new ArrayList<>();
        for (Completed<Example> completed : policy.complete(examples(prompts, rows), sampling())) {
            Double[] read = completed.completions().stream()
                    .map(prompts::rating)
                    .map(rating -> rating.isPresent() ? (Double) rating.getAsDouble() : null)
                    .toArray(Double[]::new);
            Boolean[] formed = completed.completions().stream()
                    .map(completion -> wellFormed
                            .parse(completion.text(), completion.finish() == Finish.STOP)
                            .formatOk())
                    .toArray(Boolean[]::new);
            ratings.add(RowFactory.create(completed.prompt().rowId(), read, formed));
        }
        done.add(rows.size());
        return ratings;
    }

    private List<Row> predict(PolicyInTask policy, PromptsInTask prompts, List<Row> rows) {
        List<Example> batch = examples(prompts, rows);
        List<Row> predictions = new ArrayList<>();
        List<Completed<Example>> greedy = policy.complete(batch, Sampling.greedy(rollout.maxTokens()));
        add(prompts, greedy, List.of(SampleReadout.GREEDY), predictions);
        if (reading.samples() > 0) {
            for (int from = 0; from < batch.size(); from += promptsWithSamples()) {
                List<Example> part = batch.subList(from, Math.min(batch.size(), from + promptsWithSamples()));
                add(
                        prompts,
                        policy.complete(part, sampling()),
                        List.of(SampleReadout.MEAN, SampleReadout.MEDIAN),
                        predictions);
            }
        }
        if (reading.candidates() != null) {
            addDistributions(policy, prompts, greedy, predictions);
        }
        done.add(batch.size());
        return predictions;
    }

    private void add(
            PromptsInTask prompts,
            List<Completed<Example>> batch,
            List<SampleReadout> readouts,
            List<Row> predictions) {
        for (Completed<Example> completed : batch) {
            List<OptionalDouble> ratings =
                    completed.completions().stream().map(prompts::rating).toList();
            for (SampleReadout readout : readouts) {
                predictions.add(row(completed, readout, readout.of(ratings)));
            }
        }
    }

    private void addDistributions(
            PolicyInTask policy, PromptsInTask prompts, List<Completed<Example>> greedy, List<Row> predictions) {
        long start = System.nanoTime();
        List<Optional<RatingPrefix>> opened = greedy.stream()
                .map(trace -> prompts.openedRating(trace.prompt().tokens(), trace.first(), reading.candidates()))
                .toList();
        List<RatingPrefix> prefixes = opened.stream().flatMap(Optional::stream).toList();
        Iterator<Optional<RatingDistribution>> read =
                policy.ratings(prefixes, maxBatch).iterator();
        double milliseconds = (System.nanoTime() - start) / 1e6 / greedy.size();
        for (int i = 0; i < greedy.size(); i++) {
            Completed<Example> trace = greedy.get(i);
            Optional<RatingDistribution> found = opened.get(i).flatMap(prefix -> read.next());
            predictions.add(row(trace, Readout.EXPECTATION, found, RatingDistribution::expectation, milliseconds));
            predictions.add(row(trace, Readout.MEDIAN, found, RatingDistribution::median, milliseconds));
        }
    }

    private Row row(Completed<Example> completed, SampleReadout readout, OptionalDouble rating) {
        return new PredictionRow(
                        completed.prompt().rowId(),
                        system,
                        seed,
                        readout.named(reading.samples()),
                        rating.orElse(completed.prompt().fallback()),
                        rating.isEmpty(),
                        null,
                        null,
                        new PredictionRow.Cost(completed.tokensIn(), completed.tokensOut(), completed.milliseconds()),
                        readout == SampleReadout.GREEDY ? completed.first().text() : null)
                .row();
    }

    /**
     * A row with a rating from probabilities. Its input tokens are the prompt and the scored tokens. The tokens between
     * them are already counted as tokens of the trace.
     *
     * @param milliseconds the time of the scoring, in addition to the time of the trace
     */
    private Row row(
            Completed<Example> trace,
            Readout readout,
            Optional<RatingDistribution> found,
            ToDoubleFunction<RatingDistribution> rating,
            double milliseconds) {
        return new PredictionRow(
                        trace.prompt().rowId(),
                        system,
                        seed,
                        readout,
                        found.map(rating::applyAsDouble).orElse(trace.prompt().fallback()),
                        found.isEmpty(),
                        found.map(RatingDistribution::probabilities).orElse(null),
                        found.map(RatingDistribution::mass).orElse(null),
                        new PredictionRow.Cost(
                                trace.tokensIn()
                                        + found.map(RatingDistribution::tokens).orElse(0),
                                trace.tokensOut(),
                                trace.milliseconds() + milliseconds),
                        null)
                .row();
    }
}
