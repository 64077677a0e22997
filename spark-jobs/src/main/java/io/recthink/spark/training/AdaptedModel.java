package io.recthink.spark.training;

import io.recthink.InvalidInputException;
import io.recthink.learn.ParameterVector;
import io.recthink.model.AdapterFolder;
import io.recthink.model.LoraConfig;
import io.recthink.model.LoraInitializer;
import io.recthink.model.ModelFolder;
import io.recthink.model.ParameterLayout;
import io.recthink.model.Projection;
import io.recthink.spark.policy.PolicyFolder;
import io.recthink.spark.policy.PolicyReference;
import io.recthink.spark.policy.PolicyReference.Adapter;
import io.recthink.spark.policy.PolicyStore;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;

/**
 * Start of a run that learns an adapter and does not change the base model. A policy is an adapter that names this
 * model.
 *
 * @param base the base model
 * @param seed seed of a new adapter's weights; not used when {@code path} contains an adapter
 */
record AdaptedModel(String path, PolicyReference base, LoraConfig lora, long seed) implements StartModel {
    /** A new adapter for a model. */
    static AdaptedModel begun(String path, PolicyFolder model, LoraConfig lora, long seed) {
        return new AdaptedModel(path, model.reference(), lora, seed);
    }

    /** An existing adapter with its base model. */
    static AdaptedModel goingOn(String path, PolicyFolder adapter, PolicyReference base, Optional<LoraConfig> lora) {
        AdapterFolder.requireNoDropout(adapter.localize());
        try (ModelFolder model = ModelFolder.open(PolicyStore.localize(base));
                AdapterFolder folder = AdapterFolder.open(adapter.localize(), model.config())) {
            if (!lora.equals(Optional.of(folder.config()))) {
                throw new InvalidInputException(
                        "%s contains a LoRA adapter of %s, but the configuration asks for %s. Set lora to the values of the adapter, or merge the adapter into a model by export --merge and start from that model."
                                .formatted(
                                        path,
                                        describe(folder.config()),
                                        lora.map(AdaptedModel::describe)
                                                .orElse("training of all weights (lora.rank 0)")));
            }
            return new AdaptedModel(path, base, folder.config(), 0);
        }
    }

    private static String describe(LoraConfig lora) {
        String modules = lora.projections().stream().map(Projection::module).collect(Collectors.joining(", "));
        return "rank %d, alpha %s, %sfor %s"
                .formatted(lora.rank(), lora.alpha(), lora.rankStabilized() ? "rank-stabilized, " : "", modules);
    }

    @Override
    public PolicyReference asked(Configuration hadoop) {
        return base;
    }

    @Override
    public Path model() {
        return PolicyStore.localize(base);
    }

    @Override
    public ParameterLayout layout() {
        return ParameterLayout.of(config(), lora);
    }

    @Override
    public ParameterVector parameters() {
        Path start = localize();
        if (!AdapterFolder.isAdapter(start)) {
            return ParameterVector.read(layout(), new LoraInitializer(seed));
        }
        try (AdapterFolder folder = AdapterFolder.open(start, config())) {
            return ParameterVector.read(folder.layout(), folder);
        }
    }

    @Override
    public void write(Path folder, ParameterVector parameters) {
        // PEFT accepts a local folder only as a path, without a scheme.
        String model = base.path().replaceFirst("^file:/+", "/");
        AdapterFolder.Base named = new AdapterFolder.Base(model, Optional.of(base.sha256()));
        AdapterFolder.write(folder, lora, named, parameters.layout(), parameters);
    }

    @Override
    public PolicyReference policy(SparkSession spark, PolicyReference published, ParameterVector parameters) {
        return published.with(Adapter.send(spark, base, lora, parameters));
    }
}
