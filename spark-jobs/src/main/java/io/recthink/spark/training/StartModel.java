package io.recthink.spark.training;

import io.recthink.learn.ParameterVector;
import io.recthink.model.ComputeType;
import io.recthink.model.LoraConfig;
import io.recthink.model.ModelConfig;
import io.recthink.model.ModelFolder;
import io.recthink.model.ParameterLayout;
import io.recthink.prompt.PolicyTerms;
import io.recthink.spark.files.OutputFolders;
import io.recthink.spark.policy.PolicyFolder;
import io.recthink.spark.policy.PolicyReference;
import io.recthink.spark.policy.PolicyStore;
import io.recthink.spark.run.BaseModel;
import io.recthink.spark.run.RunFolder;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;

/**
 * The start of a run and the parameters that it learns: all weights of a model, or an adapter with frozen base weights.
 */
public sealed interface StartModel permits FullModel, AdaptedModel {
    /** The path of the best policy of a run. */
    static String bestOf(String run, Configuration hadoop) {
        RunFolder folder = RunFolder.at(run, hadoop);
        return folder.policy(folder.best());
    }

    /**
     * The model or the adapter in a folder.
     *
     * @param lora the adapter to learn: a new one for a model, or the one in the folder; empty: all weights are learnt
     * @param seed seed of a new adapter's weights
     * @param type compute type of the policies when all weights are learnt
     * @throws io.recthink.InvalidInputException when the folder contains an adapter that differs from {@code lora}, or
     *     the base model is not the adapter's
     */
    static StartModel at(String path, Optional<LoraConfig> lora, long seed, ComputeType type, Configuration hadoop) {
        OutputFolders.requireComplete(hadoop, "paths.model", path);
        PolicyFolder folder = PolicyFolder.at(path, hadoop);
        RunFolder.requirePublished(folder.path(), hadoop);
        if (folder.isAdapter()) {
            return AdaptedModel.goingOn(path, folder, new BaseModel(folder, hadoop).named(), lora);
        }
        return lora.<StartModel>map(config -> AdaptedModel.begun(path, folder, config, seed))
                .orElseGet(() -> new FullModel(path, type));
    }

    /** Hadoop path of the folder from which the run starts: a model or an adapter. */
    String path();

    /** The prompt settings of the start policy; empty when its folder has none. */
    default Optional<PolicyTerms> terms(Configuration hadoop) {
        return PolicyFolder.at(path(), hadoop).terms();
    }

    /** The start folder on this machine. */
    default Path localize() {
        return PolicyStore.localize(path());
    }

    /**
     * The model whose tokenizer and chat template the policies use, ready for tasks to load: the start model, or the
     * adapter's base model.
     */
    PolicyReference asked(Configuration hadoop);

    /** The folder of this model on this machine. */
    Path model();

    /**
     * The model's shape.
     *
     * @throws io.recthink.InvalidInputException when there is no usable model
     */
    default ModelConfig config() {
        try (ModelFolder folder = ModelFolder.open(model())) {
            return folder.config();
        }
    }

    /** The layout of the learnt parameters. */
    ParameterLayout layout();

    /** The initial values of the learnt parameters. */
    ParameterVector parameters();

    /** Writes parameter values as the folder of a policy. */
    void write(Path folder, ParameterVector parameters);

    /**
     * A policy that was written, ready for tasks to load.
     *
     * @param published reference to the written folder
     * @param parameters the written values
     */
    PolicyReference policy(SparkSession spark, PolicyReference published, ParameterVector parameters);
}
