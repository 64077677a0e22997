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

/** A model, alone or with an adapter beside it. */
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

    private Optional<PolicyArgument.Place> place = Optional.empty(); // looked up once: a run may go on meanwhile

    /**
     * A local folder with the adapter, if one is named.
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
        // This command's paths are local ones; other file systems are named in full.
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
     * A local folder with the model.
     *
     * @throws InvalidInputException when none is named, the adapter was made for another model, or the folder is that of a
     *     run's policy and not as it was published
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
