package io.recthink.spark.training;

import io.recthink.learn.ParameterVector;
import io.recthink.model.ComputeType;
import io.recthink.model.ModelFolder;
import io.recthink.model.ParameterLayout;
import io.recthink.spark.policy.PolicyFolder;
import io.recthink.spark.policy.PolicyReference;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;

/**
 * Start of a run that learns all weights of a model. A policy is a whole model.
 *
 * @param type compute type in which policies are written; tasks that load them would round them in the same way
 */
record FullModel(String path, ComputeType type) implements StartModel {
    @Override
    public PolicyReference asked(Configuration hadoop) {
        return PolicyFolder.at(path, hadoop).reference();
    }

    @Override
    public Path model() {
        return localize();
    }

    @Override
    public ParameterLayout layout() {
        return ParameterLayout.of(config());
    }

    @Override
    public ParameterVector parameters() {
        try (ModelFolder folder = ModelFolder.open(model())) {
            return ParameterVector.read(folder.layout(), folder);
        }
    }

    @Override
    public void write(Path folder, ParameterVector parameters) {
        ModelFolder.write(folder, model(), type, parameters.layout(), parameters);
    }

    @Override
    public PolicyReference policy(SparkSession spark, PolicyReference published, ParameterVector parameters) {
        return published;
    }
}
