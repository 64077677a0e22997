package io.recthink.spark.predict;

import io.recthink.config.Configuration;
import io.recthink.generate.Completion;
import io.recthink.generate.Finish;
import io.recthink.generate.Generator;
import io.recthink.generate.PromptTokens;
import io.recthink.generate.SamplingOptions;
import io.recthink.generate.Seeds;
import io.recthink.prompt.OutputGrammar;
import io.recthink.prompt.PromptEncoder;
import io.recthink.spark.rollout.PromptEncoding;
import io.recthink.spark.run.PolicyHolder;
import io.recthink.spark.table.Examples;
import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.TaskCompletionListener;

/**
 * What one task does: batch after batch of its rows, in their order, with the one policy of its JVM.
 *
 * @param samples completions a row beside the greedy one; 0: none
 * @param maxBatch the most completions in one call of the generator, unless the samples of a single prompt are more
 * @param done counts the rows that are predicted
 */
record ScoringTask(
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
        return rows.hasNext() ? new Predictions(rows) : List.<Row>of().iterator();
    }

    @SuppressWarnings("ArrayRecordComponent") // one number a token; never compared
    private record Example(String rowId, int[] prompt, double fallback) {}

    /** Lazy: a task never holds more than one batch. What it uses is given back when the task ends, however it ends. */
    private final class Predictions implements Iterator<Row> {
        private final Iterator<Row> rows;
        private final Deque<Row> ready = new ArrayDeque<>();
        private final PromptEncoding.Open open = encoding.open();
        private final PolicyHolder.Lease lease;
        private final Generator generator;
        private final OutputGrammar grammar =
                OutputGrammar.of(encoding.settings().think(), encoding.minRating(), encoding.maxRating());

        Predictions(Iterator<Row> rows) {
            this.rows = rows;
            TaskContext.get().addTaskCompletionListener((TaskCompletionListener) context -> open.close());
            this.lease = PolicyHolder.policy(encoding.policy(), model);
            TaskContext.get().addTaskCompletionListener((TaskCompletionListener) context -> lease.close());
            this.generator = new Generator(lease.decoder(), lease.tokenizer());
        }

        @Override
        public boolean hasNext() {
            return !ready.isEmpty() || rows.hasNext();
        }

        @Override
        public Row next() {
            if (ready.isEmpty()) {
                if (!rows.hasNext()) {
                    throw new NoSuchElementException();
                }
                score(nextBatch(open.encoder()));
            }
            return ready.remove();
        }

        private List<Example> nextBatch(PromptEncoder encoder) {
            List<Example> batch = new ArrayList<>();
            while (rows.hasNext() && batch.size() < maxBatch) {
                Row row = rows.next();
                batch.add(new Example(
                        row.getAs("rowId"), encoder.encode(Examples.input(row)), row.<Double>getAs(Scoring.FALLBACK)));
            }
            return batch;
        }

        private void score(List<Example> batch) {
            done.add(batch.size());
            score(batch, 1, SamplingOptions.greedy(rollout.maxTokens()), List.of(Readout.GREEDY));
            if (samples > 0) {
                SamplingOptions options = new SamplingOptions(
                        rollout.maxTokens(), rollout.temperature(), rollout.topP(), List.of(), false);
                int prompts = Math.max(1, maxBatch / samples);
                for (int from = 0; from < batch.size(); from += prompts) {
                    score(
                            batch.subList(from, Math.min(batch.size(), from + prompts)),
                            samples,
                            options,
                            List.of(Readout.MEAN, Readout.MEDIAN));
                }
            }
        }

        private void score(List<Example> batch, int completions, SamplingOptions options, List<Readout> readouts) {
            long start = System.nanoTime();
            List<List<Completion>> generated = generator.generate(
                    batch.stream()
                            .map(example -> new PromptTokens(example.prompt(), seeds(example.rowId(), completions)))
                            .toList(),
                    options);
            double milliseconds = (System.nanoTime() - start) / 1e6 / batch.size();
            for (int i = 0; i < batch.size(); i++) {
                for (Readout readout : readouts) {
                    ready.add(row(batch.get(i), generated.get(i), readout, milliseconds));
                }
            }
        }

        private long[] seeds(String rowId, int completions) {
            return IntStream.range(0, completions)
                    .mapToLong(sample -> Seeds.of(seed, NO_STEP, rowId, sample))
                    .toArray();
        }

        private Row row(Example example, List<Completion> completions, Readout readout, double milliseconds) {
            List<OptionalDouble> ratings = completions.stream()
                    .map(completion -> grammar.parse(completion.text(), completion.finish() == Finish.STOP)
                            .rating())
                    .toList();
            OptionalDouble rating = readout.of(ratings);
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
}
