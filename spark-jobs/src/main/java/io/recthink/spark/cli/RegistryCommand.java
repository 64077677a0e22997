package io.recthink.spark.cli;

import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.prompt.PolicyTerms;
import io.recthink.spark.registry.Registry;
import io.recthink.spark.registry.RegistryWriter;
import io.recthink.spark.registry.Version;
import io.recthink.spark.retrain.History;
import io.recthink.spark.retrain.RetrainSettings;
import io.recthink.spark.retrain.VersionTable;
import io.recthink.spark.run.PolicyArgument;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code recthink registry}: the versions of a policy. Its commands need no cluster; they use the file system settings of
 * Spark.
 */
@Command(
        name = "registry",
        description = "Show the versions of a policy, publish one by hand, go back to an earlier one.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
final class RegistryCommand {
    @Spec
    private CommandSpec spec;

    @Command(name = "list", description = "List all versions.", mixinStandardHelpOptions = true)
    int list(@Mixin ConfigurationOptions options) {
        print(VersionTable.list(existing(options.read())));
        return 0;
    }

    @Command(name = "show", description = "Show a version and the rules of its gate.", mixinStandardHelpOptions = true)
    int show(
            @Mixin ConfigurationOptions options,
            @Parameters(
                            arity = "0..1",
                            paramLabel = "VERSION",
                            description = "its number; default: the one that serves")
                    Integer number) {
        Registry registry = existing(options.read());
        Version version = number == null
                ? registry.serving()
                        .orElseThrow(() -> new InvalidInputException(
                                registry.path() + ": no version serves yet; name one by its number"))
                : registry.required(number);
        print(VersionTable.show(registry, version));
        return 0;
    }

    @Command(
            name = "publish",
            description = "Make a policy the serving version by hand, without a gate.",
            mixinStandardHelpOptions = true)
    int publish(
            @Mixin ConfigurationOptions options,
            @Parameters(
                            paramLabel = "POLICY",
                            description =
                                    "folder of a model or an adapter, run folder (its best policy) or run folder@step; a"
                                            + " relative path starts at paths.root")
                    String policy) {
        Configuration configuration = options.read();
        PolicyArgument.Place place =
                PolicyArgument.find("POLICY", configuration.paths().resolve(policy), hadoop());
        try (RegistryWriter writer = open(configuration)) {
            Version version = new Version(
                    writer.nextNumber(),
                    Version.Status.PUBLISHED,
                    RegistryWriter.now(),
                    place.folder().path(),
                    place.sha256(),
                    writer.registry().serving().map(Version::version).orElse(null),
                    null,
                    null,
                    place.folder().terms().map(PolicyTerms::seenUntil).orElse(null),
                    List.of(),
                    null,
                    null,
                    List.of());
            writer.record(version);
            writer.serve(writer.registry().required(version.version()));
            return changed(writer, "version %d serves".formatted(version.version()));
        }
    }

    @Command(
            name = "rollback",
            description = "Let an earlier version serve again; the present one is marked as withdrawn.",
            mixinStandardHelpOptions = true)
    int rollback(
            @Mixin ConfigurationOptions options,
            @Parameters(paramLabel = "VERSION", description = "its number") int number) {
        existing(options.read());
        try (RegistryWriter writer = open(options.read())) {
            writer.rollBack(number);
            return changed(writer, "version %d serves".formatted(number));
        }
    }

    @Command(
            name = "prune",
            description = "Remove the policies of old versions; what the versions recorded stays.",
            mixinStandardHelpOptions = true)
    int prune(
            @Mixin ConfigurationOptions options,
            @Option(
                            names = "--keep",
                            paramLabel = "N",
                            description = "published versions that keep their policies; default: retrain.keep.versions")
                    Optional<Integer> keep) {
        Configuration configuration = options.read();
        existing(configuration);
        OptionalInt given = keep.map(OptionalInt::of).orElse(OptionalInt.empty());
        if (given.isPresent() && given.getAsInt() < 1) {
            throw new InvalidInputException("--keep must be at least 1 (was %d)".formatted(given.getAsInt()));
        }
        try (RegistryWriter writer = open(configuration)) {
            List<Integer> removed = writer.prune(
                    given.orElse(configuration.get(RetrainSettings.class).keep().versions()));
            return changed(writer, "removed the policies of the versions %s".formatted(removed));
        }
    }

    private int changed(RegistryWriter writer, String what) {
        new History(writer.registry()).write(writer);
        print("%s: %s%n".formatted(writer.registry().path(), what));
        return 0;
    }

    private void print(String text) {
        spec.commandLine().getOut().print(text);
        spec.commandLine().getOut().flush();
    }

    private static RegistryWriter open(Configuration configuration) {
        return RegistryWriter.open(folder(configuration), hadoop());
    }

    private static Registry existing(Configuration configuration) {
        Registry registry = Registry.at(folder(configuration), hadoop());
        if (!registry.exists()) {
            throw new InvalidInputException(
                    "%s is no registry: nothing was published there (paths.registry, retrain.name)"
                            .formatted(registry.path()));
        }
        return registry;
    }

    private static String folder(Configuration configuration) {
        return configuration
                .paths()
                .resolve("registry:" + configuration.get(RetrainSettings.class).name());
    }

    private static org.apache.hadoop.conf.Configuration hadoop() {
        return SparkHadoopUtil.get().newConfiguration(new SparkConf());
    }
}
