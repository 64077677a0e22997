package io.recthink.spark.cli;

import io.recthink.InvalidInputException;
import io.recthink.spark.policy.PolicyFolder;
import io.recthink.spark.policy.PolicyReference;
import io.recthink.spark.policy.PolicyStore;
import io.recthink.spark.run.BaseModel;
import io.recthink.spark.run.PolicyArgument;
import io.recthink.spark.run.RunFolder;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.spark.deploy.SparkHadoopUtil;
import picocli.CommandLine.Option;

/** The options {@code --model} and {@code --adapter}. */
final class ModelOptions {
    private static final Pattern FULL_NAME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:/.*");

    @Option(
            names = "--model",
            paramLabel = "DIR",
            description = "model folder; not needed with an --adapter that names its base model")
    private Optional<Path> model = Optional.empty();

    @Option(
            names = "--adapter",
            paramLabel = "DIR",
            description =
                    "LoRA adapter beside the model: its folder, as a run or PEFT saves it, a run folder (its best policy) or run folder@step")
    private Optional<String> adapter = Optional.empty();

    // Looked up once, because a running training may publish another policy between two look-ups.
    private Optional<PolicyArgument.Place> place = Optional.empty();

    /**
     * Returns a local folder with the adapter, if the options name one.
     *
     * @throws InvalidInputException when there is no such adapter
     */
    Optional<Path> adapter() {
        return place().map(PolicyArgument.Place::localize);
    }

    private Optional<PolicyArgument.Place> place() {
        if (place.isEmpty()) {
            place = adapter.map(ModelOptions::find);
        }
        return place;
    }

    private static PolicyArgument.Place find(String adapter) {
        // A path without a scheme is on this machine.
        String path = FULL_NAME.matcher(adapter).matches()
                ? adapter
                : "file:" + Path.of(adapter).toAbsolutePath();
        PolicyArgument.Place place =
                PolicyArgument.find("--adapter", path, SparkHadoopUtil.get().conf());
        if (!place.folder().isAdapter()) {
            throw new InvalidInputException("--adapter: %s contains a model, not an adapter; name the model by --model"
                    .formatted(place.folder().path()));
        }
        return place;
    }

    /**
     * Returns a local folder with the model.
     *
     * @throws InvalidInputException when the options name no model, when the adapter was made for another model, or
     *     when the folder contains a run's policy that differs from the published policy
     */
    Path model() {
        if (place().isEmpty()) {
            Path folder = model.orElseThrow(() ->
                    new InvalidInputException("--model is missing; name a model folder, or an adapter by --adapter"));
            RunFolder.requirePublished(
                    "file:" + folder.toAbsolutePath(), SparkHadoopUtil.get().conf());
            return folder;
        }
        BaseModel base =
                new BaseModel(place().get().folder(), SparkHadoopUtil.get().conf());
        PolicyReference found =
                model.map(given -> base.in(PolicyFolder.at(given))).orElseGet(base::named);
        return PolicyStore.localize(found);
    }
}
