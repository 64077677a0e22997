package io.recthink.spark.evaluate;

import io.recthink.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The expected systems that have no predictions. */
final class MissingSystems {
    private MissingSystems() {}

    /**
     * One note of the table for each missing system, or for a folder without predictions.
     *
     * @throws InvalidInputException when the predictions folder does not exist, or has no predictions although systems
     *     are expected
     */
    static List<String> of(PredictionFolders folders, EvaluationRequest request) {
        String place = request.predictions();
        if (!folders.present()) {
            throw new InvalidInputException(
                    ("paths.predictions: %s does not exist; predict with `recthink predict` or `recthink mf`, or"
                                    + " create the folder: if it is empty, compare scores only the trivial rows")
                            .formatted(place));
        }
        Set<String> missing = new TreeSet<>(request.systems());
        if (!missing.isEmpty()) {
            missing.removeAll(folders.names());
            missing.removeAll(folders.systems());
        }
        if (folders.names().isEmpty() && !missing.isEmpty()) {
            throw new InvalidInputException(
                    ("paths.predictions: %s contains no predictions of %s (predict.policies) or of another system; run"
                                    + " `recthink predict`")
                            .formatted(place, String.join(", ", missing)));
        }
        List<String> notes = new ArrayList<>();
        if (folders.names().isEmpty()) {
            notes.add(
                    "WARNING: %s contains no predictions; the table contains only the trivial rows.".formatted(place));
        }
        for (String system : missing) {
            notes.add(
                    "WARNING: %s (predict.policies) is not in this table: there is no folder %s/%s; run `recthink predict`."
                            .formatted(system, place, system));
        }
        return notes;
    }
}
