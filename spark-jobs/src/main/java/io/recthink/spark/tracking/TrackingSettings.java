package io.recthink.spark.tracking;

import io.recthink.config.Problems;
import io.recthink.config.Section;
import java.net.URI;
import java.util.Map;

/** The section {@code tracking}: where a training sends its metrics, beside the run folder. */
public record TrackingSettings(String mlflow, String experiment, Map<String, String> tags) implements Section {
    /** No tracking server. */
    public static final TrackingSettings NONE = new TrackingSettings("", "", Map.of());

    private static final String ADDRESS =
            "the address of an MLflow server, such as http://mlflow:5000, without name and password: those come from MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD";

    public TrackingSettings {
        tags = Map.copyOf(tags);
    }

    @Override
    public void check(Problems problems) {
        problems.require(mlflow.isEmpty() || isAddress(mlflow), "mlflow", ADDRESS, mlflow);
        problems.require(
                tags.keySet().stream().allMatch(name -> name.matches("[\\w.:/ -]{1,250}")),
                "tags",
                "names of letters, digits, blanks and _ - . : /",
                tags);
    }

    private static boolean isAddress(String text) {
        try {
            URI address = URI.create(text);
            return ("http".equals(address.getScheme()) || "https".equals(address.getScheme()))
                    && address.getHost() != null
                    && address.getUserInfo() == null
                    && address.getQuery() == null
                    && address.getFragment() == null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
