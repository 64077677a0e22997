package io.recthink.spark.learn;

import io.recthink.model.ModelConfig;
import io.recthink.model.ModelFolder;
import io.recthink.spark.run.PolicyStore;
import io.recthink.spark.run.RunFolder;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;

/**
 * The model that a run starts from.
 *
 * @param path Hadoop path of its folder
 */
public record StartModel(String path) {
    /** The best policy of a run. */
    public static StartModel bestOf(String run, Configuration hadoop) {
        RunFolder folder = RunFolder.at(run, hadoop);
        return new StartModel(folder.policy(folder.best()));
    }

    /**
     * Its shape.
     *
     * @throws io.recthink.InvalidInputException when there is no usable model
     */
    public ModelConfig config() {
        try (ModelFolder folder = ModelFolder.open(localize())) {
            return folder.config();
        }
    }

    /** Its folder on this machine. */
    public Path localize() {
        return PolicyStore.localize(path);
    }
}
