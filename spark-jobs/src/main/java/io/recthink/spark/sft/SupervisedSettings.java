package io.recthink.spark.sft;

import io.recthink.InvalidInputException;
import io.recthink.learn.OptimizerSettings;
import io.recthink.learn.Schedule;
import io.recthink.model.LoraConfig;
import io.recthink.model.ModelSettings;
import io.recthink.spark.training.Retention;
import io.recthink.spark.training.StartModel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/**
 * The settings of a supervised run.
 *
 * @param seed seed of the row order and of a new adapter's weights
 * @param length of the run
 * @param batchSize rows a step, at least 1
 * @param microBatch rows in one forward pass, at least 1
 * @param partitions gradient tasks a step, at least 1; changes the result
 * @param saveEvery steps between saved steps, at least 1; the last step is always saved
 * @param retention which saved steps keep their policy and optimizer
 * @param optimizer AdamW and its schedule
 * @param model compute settings
 * @param lora the adapter to learn; empty: all weights are learnt
 * @param template variables for the model's chat template
 */
public record SupervisedSettings(
        long seed,
        Length length,
        int batchSize,
        int microBatch,
        int partitions,
        int saveEvery,
        Retention retention,
        OptimizerSettings optimizer,
        ModelSettings model,
        Optional<LoraConfig> lora,
        Map<String, Object> template) {
    public SupervisedSettings {
        requireAtLeastOne("batchSize", batchSize);
        requireAtLeastOne("microBatch", microBatch);
        requireAtLeastOne("partitions", partitions);
        requireAtLeastOne("saveEvery", saveEvery);
    }

    private static void requireAtLeastOne(String name, int value) {
        if (value < 1) {
            throw new InvalidInputException(
                    "%s of a supervised run must be at least 1 (was %d)".formatted(name, value));
        }
    }

    /**
     * The start model of a run with these settings.
     *
     * @param path path of the folder of a model or an adapter
     * @throws InvalidInputException when it cannot be the start with these adapter settings
     */
    public StartModel start(String path, Configuration hadoop) {
        return StartModel.at(path, lora, seed, model.dtype(), hadoop);
    }

    /** Whether a step is saved. */
    boolean saves(int step, int last) {
        return step % saveEvery == 0 || step == last;
    }

    /** The settings that a run records, without the seed, which it records separately. */
    Map<String, Object> recorded() {
        Map<String, Object> recorded = new HashMap<>(Map.of(
                "batchSize", batchSize,
                "microBatch", microBatch,
                "partitions", partitions,
                "saveEvery", saveEvery,
                "keep", retention,
                "optimizer", optimizer,
                "model", model,
                "template", template));
        recorded.put(length.unit(), length.count());
        lora.ifPresent(adapter -> recorded.put("lora", adapter));
        return recorded;
    }

    /** The recorded settings that may change when a run is resumed. */
    List<String> free() {
        // Another number of steps changes the learning rate of every step, except when it is constant.
        return optimizer.schedule() == Schedule.CONSTANT ? List.of("keep", "steps", "epochs") : List.of("keep");
    }
}
