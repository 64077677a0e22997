package io.recthink.spark.cli;

import io.recthink.config.Configuration.Reduction;
import io.recthink.generate.Generator;
import io.recthink.generate.PromptTokens;
import io.recthink.generate.SamplingOptions;
import io.recthink.learn.GradientComputation;
import io.recthink.learn.Group;
import io.recthink.learn.Objective;
import io.recthink.learn.Row;
import io.recthink.model.Decoder;
import io.recthink.model.ModelTokenizer;
import io.recthink.progress.Progress;
import io.recthink.torch.TorchRuntime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** The measurements, each after the same work has run once on fewer tokens. Prompts and completions are random tokens. */
final class Benchmark {
    /** Measurements in all. */
    static final int STEPS = 5;

    private static final int WARM_UP_TOKENS = 8;
    private static final int READINGS = 3;
    private static final double CLIP_LOW = 0.2;
    private static final double CLIP_HIGH = 0.28;

    private final Decoder decoder;
    private final Generator generator;
    private final int prompt;
    private final int completion;
    private final int group;
    private final Random random = new Random(1);

    Benchmark(Decoder decoder, ModelTokenizer tokenizer, int prompt, int completion, int group) {
        this.decoder = decoder;
        this.generator = new Generator(decoder, tokenizer);
        this.prompt = prompt;
        this.completion = completion;
        this.group = group;
    }

    List<Measurement> run(Progress progress) {
        List<Measurement> measurements = new ArrayList<>();
        add(measurements, prefill(), progress);
        for (int rows : new int[] {1, 8, 32}) {
            add(measurements, decode(rows), progress);
        }
        add(measurements, gradient(), progress);
        return measurements;
    }

    private static void add(List<Measurement> measurements, Measurement measurement, Progress progress) {
        measurements.add(measurement);
        progress.done(measurements.size(), measurement.name());
    }

    /** Reading one prompt, with the sampling of one token. */
    private Measurement prefill() {
        List<PromptTokens> prompts = prompts(1);
        generate(prompts, 1);
        return new Measurement("prefill", prompt, generate(prompts, 1), TorchRuntime.peakResidentBytes());
    }

    /** The tokens after the first: all completions of enough prompts, without the time that reading those takes. */
    private Measurement decode(int rows) {
        List<PromptTokens> prompts = prompts(rows);
        generate(prompts, Math.min(completion, WARM_UP_TOKENS));
        // A pause of the machine while the prompts are read once could be longer than all the rest.
        double first = IntStream.range(0, READINGS)
                .mapToDouble(reading -> generate(prompts, 1))
                .min()
                .orElseThrow();
        double all = generate(prompts, completion);
        return new Measurement(
                "decode, batch " + rows, (long) rows * (completion - 1), all - first, TorchRuntime.peakResidentBytes());
    }

    private double generate(List<PromptTokens> prompts, int tokens) {
        SamplingOptions options = new SamplingOptions(tokens, 1, 1, List.of(), true);
        long start = System.nanoTime();
        generator.generate(prompts, options);
        return (System.nanoTime() - start) / 1e9;
    }

    /** As many rows as asked for, in groups; the last group may be smaller. */
    private List<PromptTokens> prompts(int rows) {
        List<PromptTokens> prompts = new ArrayList<>();
        for (int first = 0; first < rows; first += group) {
            long[] seeds =
                    LongStream.range(first, Math.min(rows, first + group)).toArray();
            prompts.add(new PromptTokens(tokens(prompt), seeds));
        }
        return prompts;
    }

    private Measurement gradient() {
        gradient(Math.min(completion, WARM_UP_TOKENS));
        double seconds = gradient(completion);
        return new Measurement(
                "group gradient", prompt + (long) group * completion, seconds, TorchRuntime.peakResidentBytes());
    }

    /** One whole gradient: forward, backward and the copy out of native memory. */
    private double gradient(int completionTokens) {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < group; i++) {
            float[] oldLogprobs = new float[completionTokens];
            Arrays.fill(oldLogprobs, (float) -Math.log(decoder.config().vocabularySize()));
            rows.add(new Row(tokens(completionTokens), oldLogprobs, null, i % 2 == 0 ? 1 : -1, 1));
        }
        Objective objective = new Objective.Grpo(
                CLIP_LOW, CLIP_HIGH, Reduction.SEQUENCE_MEAN, 0, group, (long) group * completionTokens, 1);
        long start = System.nanoTime();
        try (GradientComputation computation = new GradientComputation(decoder, objective)) {
            computation.add(List.of(new Group(tokens(prompt), rows)));
            computation.gradient();
        }
        return (System.nanoTime() - start) / 1e9;
    }

    private int[] tokens(int count) {
        return random.ints(count, 0, decoder.config().vocabularySize()).toArray();
    }
}
