package io.recthink.spark.learn;

import io.recthink.config.Configuration.Optimizer;
import io.recthink.learn.AdamW;
import io.recthink.learn.ParameterVector;
import io.recthink.model.ModelFolder;
import java.nio.file.Path;

/** The one learner of a run, on the driver: FP32 master weights and AdamW, and the model folder they are published in. */
final class Learner {
    private final Path like;
    private final AdamW optimizer;

    private Learner(Path like, AdamW optimizer) {
        this.like = like;
        this.optimizer = optimizer;
    }

    /** A learner that begins with the weights of a model folder. */
    static Learner start(Path model, Optimizer settings) {
        try (ModelFolder folder = ModelFolder.open(model)) {
            return new Learner(model, AdamW.start(settings, ParameterVector.read(folder.layout(), folder)));
        }
    }

    /** A learner that goes on from a saved state; the model folder gives the tokenizer and the configuration. */
    static Learner resume(Path model, Path state, Optimizer settings) {
        try (ModelFolder folder = ModelFolder.open(model)) {
            return new Learner(model, AdamW.load(settings, folder.layout(), state));
        }
    }

    /** Clips the gradient and makes one step; returns the norm before clipping. */
    double step(ParameterVector gradient, double learningRate) {
        return optimizer.step(gradient, learningRate);
    }

    /** Writes the weights as a model folder. */
    void writePolicy(Path folder) {
        ModelFolder.write(folder, like, optimizer.master().layout(), optimizer.master());
    }

    /** Writes the state of the optimizer. */
    void writeOptimizer(Path file) {
        optimizer.save(file);
    }
}
