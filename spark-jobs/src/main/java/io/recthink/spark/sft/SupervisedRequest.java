package io.recthink.spark.sft;

import io.recthink.InvalidInputException;
import io.recthink.prompt.PolicyTerms;
import io.recthink.spark.table.Instructions;
import io.recthink.spark.training.RunRecord;
import io.recthink.spark.training.SettingsRecord;
import io.recthink.spark.training.StartModel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A supervised run.
 *
 * @param place where it lies
 * @param start the model or the adapter that it starts from
 * @param instructions what it learns
 * @param settings how
 * @param validation which of its policies is the best
 * @param record what its folder says that it was set to
 * @param terms how its policies want to be asked; empty where whoever asks them knows
 */
public record SupervisedRequest(
        Place place,
        StartModel start,
        Instructions instructions,
        SupervisedSettings settings,
        SupervisedValidation validation,
        RunRecord record,
        Optional<PolicyTerms> terms) {
    public SupervisedRequest {
        if (validation.every() % settings.saveEvery() != 0) {
            throw new InvalidInputException(
                    "the steps between validations of %s must be a multiple of %s.saveEvery %d (were %d): only saved steps are validated"
                            .formatted(place.section(), place.section(), settings.saveEvery(), validation.every()));
        }
    }

    /**
     * Where a run lies.
     *
     * @param section the name of its settings, for messages and as its label: {@code exp3rt.preference.sft}
     * @param key the setting that names its folder, for messages
     * @param folder Hadoop path of the run folder
     * @param resume whether to go on with a run that is there
     */
    public record Place(String section, String key, String folder, boolean resume) {}

    /** A run whose folder says the settings that it is called with, and whose policies do not say how to ask them. */
    public static SupervisedRequest of(
            Place place,
            StartModel start,
            Instructions instructions,
            SupervisedSettings settings,
            SupervisedValidation validation) {
        Map<String, Object> recorded = new HashMap<>(settings.recorded());
        recorded.put("validation", validation.recorded());
        recorded.put("patience", validation.patience());
        List<String> free = Stream.concat(settings.free().stream(), Stream.of("patience"))
                .map(name -> place.section() + "." + name)
                .toList();
        RunRecord record = new SettingsRecord(place.section(), settings.seed(), place.section(), recorded, free);
        return new SupervisedRequest(place, start, instructions, settings, validation, record, Optional.empty());
    }
}
