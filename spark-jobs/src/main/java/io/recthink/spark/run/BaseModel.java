package io.recthink.spark.run;

import io.recthink.InvalidInputException;
import io.recthink.model.AdapterFolder;
import io.recthink.spark.policy.PolicyFolder;
import io.recthink.spark.policy.PolicyReference;
import io.recthink.spark.policy.PolicyStore;
import io.recthink.spark.policy.PolicyVersion;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/**
 * The base model of an adapter, checked against the adapter and, for an adapter in a run, against the manifest of its
 * step.
 */
public final class BaseModel {
    private final PolicyFolder adapter;
    private final Configuration hadoop;

    /** The base model of the adapter in a folder. */
    public BaseModel(PolicyFolder adapter, Configuration hadoop) {
        this.adapter = adapter;
        this.hadoop = hadoop;
    }

    /**
     * The model that the adapter names.
     *
     * @throws InvalidInputException when the model is missing, or is not the adapter's base model
     */
    public PolicyReference named() {
        return named(adapter.localize());
    }

    /**
     * The model that the adapter names.
     *
     * @param local the adapter's files on this machine
     */
    PolicyReference named(Path local) {
        String name = AdapterFolder.base(local).nameOrPath();
        if (name.isBlank()) {
            throw unknown("names no base model. Write the folder of the model");
        }
        PolicyFolder model = PolicyFolder.named(name, hadoop);
        if (!model.isModel()) {
            throw unknown("names the base model " + name
                    + ", which is not a model folder here. Put the model there, or write its folder");
        }
        return in(model, local);
    }

    /**
     * The model in a folder other than the one that the adapter names.
     *
     * @throws InvalidInputException when it is not the adapter's base model
     */
    public PolicyReference in(PolicyFolder model) {
        return in(model, adapter.localize());
    }

    private PolicyReference in(PolicyFolder model, Path local) {
        RunFolder.requirePublished(model.path(), hadoop);
        PolicyReference base = model.reference();
        AdapterFolder.base(local)
                .sha256()
                .ifPresent(expected -> PolicyFolder.requireSame(base.path(), base.sha256(), expected));
        RunFolder.version(adapter.path(), hadoop)
                .flatMap(version -> Optional.ofNullable(version.base()))
                .ifPresent(expected -> requireSame(base, expected));
        AdapterFolder.requireCompanionsOf(PolicyStore.localize(base), local);
        return base;
    }

    /**
     * The manifest of a run records more about the base model than the adapter: configuration, tokenizer and template.
     */
    private void requireSame(PolicyReference base, PolicyVersion.Base expected) {
        PolicyFolder.requireSame(base.path(), base.sha256(), expected.sha256());
        if (expected.digest() != null && !expected.digest().equals(base.digest())) {
            throw new InvalidInputException(
                    "%s is not the base model of the policy in %s: its configuration, tokenizer or template differs from the manifest of that step. Restore it, or copy the adapter's folder out of the run and name the copy."
                            .formatted(base.path(), adapter.path()));
        }
    }

    private InvalidInputException unknown(String what) {
        String copy = RunFolder.version(adapter.path(), hadoop).isPresent()
                ? " Do that in a copy outside of the run: a policy in a run is only used as it was published."
                : "";
        return new InvalidInputException("%s %s into base_model_name_or_path of %s.%s"
                .formatted(adapter.path(), what, PolicyFolder.ADAPTER, copy));
    }
}
