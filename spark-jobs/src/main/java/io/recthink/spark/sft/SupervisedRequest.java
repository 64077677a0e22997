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
 * The definition of a supervised run.
 *
 * @param place name and folder of the run
 * @param start the model or adapter from which it starts
 * @param instructions the data to learn
 * @param settings length, batches, optimizer and model
 * @param validation which of its policies is the best
 * @param record settings that the run folder records
 * @param terms prompt settings of its policies; empty when the caller knows them
 * @param form ends the run when its policy writes the form; empty: the run goes on to its end
 */
public record SupervisedRequest(
        Place place,
        StartModel start,
        Instructions instructions,
        SupervisedSettings settings,
        SupervisedValidation validation,
        RunRecord record,
        Optional<PolicyTerms> terms,
        Optional<FormCheck> form) {
    public SupervisedRequest {
        form.ifPresent(check -> {
            if (check.every() % settings.saveEvery() != 0) {
                throw new InvalidInputException(
                        "%s.form.every must be a multiple of %s.saveEvery %d (was %d): only saved steps are checked"
                                .formatted(place.section(), place.section(), settings.saveEvery(), check.every()));
            }
        });
        if (validation.every() % settings.saveEvery() != 0) {
            throw new InvalidInputException(
                    "the steps between validations of %s must be a multiple of %s.saveEvery %d (were %d): only saved steps are validated"
                            .formatted(place.section(), place.section(), settings.saveEvery(), validation.every()));
        }
    }

    /**
     * Name and folder of a run.
     *
     * @param section name of its settings, for messages and as its label: {@code exp3rt.preference.sft}
     * @param key the setting that names its folder, for messages
     * @param folder Hadoop path of the run folder
     * @param resume whether to continue an existing run
     */
    public record Place(String section, String key, String folder, boolean resume) {}

    /** A run whose folder records {@code settings}, and whose policies have no prompt settings of their own. */
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
        return new SupervisedRequest(
                place, start, instructions, settings, validation, record, Optional.empty(), Optional.empty());
    }
}
