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

/** What a run starts from, and what it learns of it: all weights of a model, or an adapter beside frozen ones. */
public sealed interface StartModel permits FullModel, AdaptedModel {
    /** The path of the best policy of a run. */
    static String bestOf(String run, Configuration hadoop) {
        RunFolder folder = RunFolder.at(run, hadoop);
        return folder.policy(folder.best());
    }

    /**
     * The model or the adapter in a folder.
     *
     * @param lora the adapter to learn, where it is to be one: a new one beside a model, or the one in the folder
     * @param seed of a new adapter's weights
     * @param type what policies compute in, where all weights are learnt
     * @throws io.recthink.InvalidInputException when the folder holds an adapter and another one or none is to be learnt,
     *     or when its base model is not as it should be
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

    /** Hadoop path of the folder that the run starts from: a model's or an adapter's. */
    String path();

    /** How the policy that the run starts from wants to be asked, where its folder says so. */
    default Optional<PolicyTerms> terms(Configuration hadoop) {
        return PolicyFolder.at(path(), hadoop).terms();
    }

    /** That folder on this machine. */
    default Path localize() {
        return PolicyStore.localize(path());
    }

    /**
     * The model whose tokenizer and chat template the policies have, as tasks can load it: the one that the run starts from,
     * or the adapter's base model.
     */
    PolicyReference asked(Configuration hadoop);

    /** The folder of the model on this machine: the one that the run starts from, or that of the adapter's base model. */
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

    /** What is learnt. */
    ParameterLayout layout();

    /** The values that it begins with. */
    ParameterVector parameters();

    /** Writes such values as the folder of a policy. */
    void write(Path folder, ParameterVector parameters);

    /**
     * A policy that was written, as tasks can load it.
     *
     * @param published where it was written to
     * @param parameters what was written
     */
    PolicyReference policy(SparkSession spark, PolicyReference published, ParameterVector parameters);
}
