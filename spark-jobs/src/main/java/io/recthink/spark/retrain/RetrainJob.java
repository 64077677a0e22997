package io.recthink.spark.retrain;

import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.prompt.PolicyTerms;
import io.recthink.spark.Activity;
import io.recthink.spark.Job;
import io.recthink.spark.NothingToDoException;
import io.recthink.spark.RefusedException;
import io.recthink.spark.StoppedException;
import io.recthink.spark.compare.CompareJob;
import io.recthink.spark.evaluate.Comparison;
import io.recthink.spark.files.Storage;
import io.recthink.spark.policy.PolicyFolder;
import io.recthink.spark.predict.PredictJob;
import io.recthink.spark.prepare.CycleRows;
import io.recthink.spark.prepare.PrepareJob;
import io.recthink.spark.registry.Measurement;
import io.recthink.spark.registry.Registry;
import io.recthink.spark.registry.RegistryWriter;
import io.recthink.spark.registry.Rule;
import io.recthink.spark.registry.Version;
import io.recthink.spark.run.RunFolder;
import io.recthink.spark.table.PreparedData;
import io.recthink.spark.train.TrainJob;
import io.recthink.spark.training.StepSession;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.spark.sql.SparkSession;

/**
 * {@code retrain}: one cycle, from the newest rows of a log to a decision.
 *
 * <pre>
 * registry + log
 *   | window     rows of [since, until): train | validation | the newest rows as test
 *   | data       a data set of prepare; the newest train rows are the prompts
 *   | train      from the serving policy
 *   | evaluate   candidate, serving policy, bias model and trivial rows on the test rows, which neither policy has seen
 *   | gate       every rule must hold
 *   v publish    current.json is replaced: readers see the version before or the version after
 * </pre>
 *
 * A cycle is known by its end. It may be called again at any time: a complete cycle is reported again, and an
 * interrupted one continues where it was.
 *
 * <p>Reads the sections {@code retrain} and {@code gate}, those of {@code prepare}, {@code train}, {@code predict} and
 * {@code compare}, and the log. Writes the registry {@code paths.registry/NAME} and the working folder
 * {@code paths.cycles/NAME/END}.
 */
public final class RetrainJob implements Job {
    private static final String NAME = "retrain";

    private final Optional<Instant> asked;

    /** @param until the end of the cycle; empty: the newest end of a period of {@code retrain.hours} */
    public RetrainJob(Optional<Instant> until) {
        this.asked = until;
    }

    @Override
    public Map<String, String> sparkDefaults() {
        return StepSession.SPARK_DEFAULTS;
    }

    /**
     * Runs the cycle.
     *
     * @throws NothingToDoException when too few rows are new; nothing was trained
     * @throws RefusedException when the gate kept the serving policy
     */
    @Override
    public void execute(SparkSession spark, Configuration configuration) {
        Activity.begin(spark, NAME, "retrain: registry");
        RetrainSettings settings = configuration.get(RetrainSettings.class);
        refuseFewTestRows(settings, configuration.get(GateSettings.class));
        Instant until = asked.orElseGet(() -> settings.newestEnd(Instant.now()));
        String folder = configuration.paths().resolve("registry:" + settings.name());
        try (RegistryWriter registry =
                RegistryWriter.open(folder, spark.sparkContext().hadoopConfiguration())) {
            Version version = registry.registry()
                    .ofCycle(until.toString())
                    .orElseGet(() -> cycle(spark, configuration, until, registry));
            complete(version, registry);
            tidy(spark, configuration, registry);
            report(version, registry.registry());
        }
    }

    private static void refuseFewTestRows(RetrainSettings settings, GateSettings gate) {
        if (settings.testRows() < gate.minRows()) {
            throw new InvalidInputException(
                    "retrain.testRows %d is below gate.minRows %d: no candidate could pass. Raise retrain.testRows, or lower gate.minRows."
                            .formatted(settings.testRows(), gate.minRows()));
        }
    }

    /** Runs the cycle up to its version in the registry. */
    private static Version cycle(SparkSession spark, Configuration given, Instant until, RegistryWriter registry) {
        org.apache.hadoop.conf.Configuration hadoop = spark.sparkContext().hadoopConfiguration();
        Optional<Instant> before = lastEnd(registry.registry());
        before.filter(end -> !end.isBefore(until)).ifPresent(end -> {
            throw new InvalidInputException(
                    "--until %s: the newest cycle of %s ended at %s, and cycles go forward. Leave --until out, or give a later time."
                            .formatted(until, registry.registry().path(), end));
        });
        Optional<Version> serving = registry.registry().serving();
        Optional<String> policy = serving.map(registry.registry()::policy);
        Cycle cycle = new Cycle(given, until, policy, hadoop);
        if (cycle.begin()) {
            say("the settings or the serving policy have changed since an interrupted attempt: begins anew");
        }
        say(
                "cycle until %s in %s, %s",
                until,
                cycle.path(),
                serving.map(version -> "version %d serves".formatted(version.version()))
                        .orElse("no version serves yet"));
        Configuration configuration = cycle.configuration();

        try {
            prepare(spark, configuration, until, before, seenUntil(configuration, policy, hadoop));
        } catch (NothingToDoException e) {
            cycle.remove("");
            throw e;
        }
        TrainedCandidate candidate = train(spark, configuration);
        Comparison comparison = evaluate(spark, cycle);
        Activity.begin(spark, NAME, "retrain: gate");
        Measurement measured = new Measuring(spark, configuration, comparison).of();
        List<Rule> rules = new Gate(configuration.get(GateSettings.class)).rules(candidate, measured, comparison);
        Version version = new Version(
                registry.nextNumber(),
                rules.stream().allMatch(Rule::holds) ? Version.Status.PUBLISHED : Version.Status.REFUSED,
                RegistryWriter.now(),
                candidate.policy(),
                candidate.sha256(),
                serving.map(Version::version).orElse(null),
                configuration
                        .get(RetrainSettings.class)
                        .window(until)
                        .since()
                        .map(Instant::toString)
                        .orElse(null),
                until.toString(),
                PolicyFolder.at(candidate.policy(), hadoop)
                        .terms()
                        .map(PolicyTerms::seenUntil)
                        .orElse(null),
                rules,
                measured,
                null,
                List.of());
        registry.record(version);
        return registry.registry().required(version.version());
    }

    private static Optional<Instant> lastEnd(Registry registry) {
        return registry.versions().stream()
                .flatMap(version -> Cycle.end(version).stream())
                .max(Comparator.naturalOrder());
    }

    /** The latest time of a row that the policy from which the training starts has seen. */
    private static Optional<Instant> seenUntil(
            Configuration configuration, Optional<String> serving, org.apache.hadoop.conf.Configuration hadoop) {
        String start = serving.orElseGet(() -> TrainJob.startPath(configuration, hadoop));
        return PolicyFolder.at(start, hadoop)
                .terms()
                .flatMap(terms -> Optional.ofNullable(terms.seenUntil()))
                .map(Instant::parse);
    }

    private static void prepare(
            SparkSession spark,
            Configuration configuration,
            Instant until,
            Optional<Instant> before,
            Optional<Instant> seenUntil) {
        String data = configuration.paths().data();
        if (Storage.at(data, spark.sparkContext().hadoopConfiguration()).exists(PreparedData.FILE)) {
            say("goes on with the data set of an interrupted attempt");
            return;
        }
        RetrainSettings settings = configuration.get(RetrainSettings.class);
        CycleRows rows = new CycleRows(
                settings.validationRows(),
                settings.testRows(),
                configuration.get(GateSettings.class).minRows(),
                seenUntil,
                settings.minNewRows(),
                before.map(end -> end.minus(1, ChronoUnit.MICROS)));
        new PrepareJob(settings.window(until), rows).run(spark, configuration);
    }

    private static TrainedCandidate train(SparkSession spark, Configuration configuration) {
        RunFolder run =
                RunFolder.at(configuration.paths().run(), spark.sparkContext().hadoopConfiguration());
        try {
            new TrainJob(run.exists()).run(spark, configuration);
        } catch (StoppedException e) {
            say("%s", e.getMessage());
        }
        return TrainedCandidate.of(run);
    }

    private static Comparison evaluate(SparkSession spark, Cycle cycle) {
        try {
            new PredictJob().run(spark, cycle.configuration());
        } catch (StoppedException e) { // most answers of a policy cannot be read: a matter for the gate
            say("%s", e.getMessage());
        }
        cycle.remove("table");
        return new CompareJob().compare(spark, cycle.configuration());
    }

    /** Lets a published version serve, also when an earlier attempt was interrupted before it could. */
    private static void complete(Version version, RegistryWriter registry) {
        boolean waits = version.isPublished()
                && version.withdrawn() == null
                && registry.registry()
                        .serving()
                        .map(serving -> serving.version() < version.version())
                        .orElse(true);
        if (waits) {
            registry.serve(version);
        }
    }

    private static void tidy(SparkSession spark, Configuration configuration, RegistryWriter registry) {
        Activity.begin(spark, NAME, "retrain: history and old cycles");
        RetrainSettings settings = configuration.get(RetrainSettings.class);
        new History(registry.registry()).write(registry);
        List<Integer> removed = registry.prune(settings.keep().versions());
        if (!removed.isEmpty()) {
            say("removed the policies of the versions %s (retrain.keep.versions)", removed);
        }
        int cycles = OldCycles.remove(
                configuration.paths().resolve(configuration.paths().cycles()) + "/" + settings.name(),
                settings.keep().cycles(),
                registry.registry().serving().flatMap(Cycle::end),
                spark.sparkContext().hadoopConfiguration());
        if (cycles > 0) {
            say("removed the working folders of %d cycles (retrain.keep.cycles)", cycles);
        }
    }

    private static void report(Version version, Registry registry) {
        say(
                "gate of version %d, on rows from %s:",
                version.version(), version.measured().from());
        version.rules().forEach(rule -> System.out.println("  " + rule.line()));
        if (!version.isPublished()) {
            throw new RefusedException("retrain: the gate refused version %d: %s. %s. History: %s/%s"
                    .formatted(
                            version.version(),
                            version.rules().stream()
                                    .filter(rule -> !rule.holds())
                                    .map(rule -> rule.name() + ": " + rule.found())
                                    .collect(Collectors.joining("; ")),
                            registry.serving()
                                    .map(serving -> "Version %d still serves".formatted(serving.version()))
                                    .orElse("No version serves"),
                            registry.path(),
                            History.PAGE));
        }
        say(
                "version %d is published: %s%s. History: %s/%s",
                version.version(),
                registry.path(),
                version.withdrawn() == null ? "" : "; it was withdrawn at " + version.withdrawn(),
                registry.path(),
                History.PAGE);
    }

    private static void say(String format, Object... values) {
        System.out.println("retrain: " + String.format(Locale.ROOT, format, values));
    }
}
