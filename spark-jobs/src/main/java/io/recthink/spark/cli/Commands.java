package io.recthink.spark.cli;

import io.recthink.BuildInformation;
import io.recthink.spark.Job;
import io.recthink.spark.baseline.mf.MfJob;
import io.recthink.spark.baseline.review.ReviewJob;
import io.recthink.spark.coldstart.InitModelJob;
import io.recthink.spark.sft.SftJob;
import io.recthink.spark.simulate.OracleJob;
import io.recthink.spark.simulate.SimulateJob;
import io.recthink.spark.train.TrainJob;
import io.recthink.spark.verify.VerifyJob;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Column;
import picocli.CommandLine.Help.Column.Overflow;
import picocli.CommandLine.Help.TextTable;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/**
 * The command line of recthink: all commands in groups, in the order of the work. A command creates its job only when
 * it runs, so that help and refusals load no class of Spark.
 */
@Command(
        name = "recthink",
        description = "Trains a language model to think before it recommends.",
        mixinStandardHelpOptions = true,
        versionProvider = Commands.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Exit status: 0 done; 1 failed; 2 the input cannot be used; 3 a guard or a budget stopped the work, most"
                    + " answers of a policy cannot be read, or a batch file waits for its answers; 4 the gate kept the serving policy; 5 nothing to do; 6 another application writes the folder; 130, 143 a signal."
        })
final class Commands {
    private static final int NAME_WIDTH = 16;

    private final CommandLine root = new CommandLine(this);
    private final Map<String, List<String>> groups = new LinkedHashMap<>();
    private List<String> group = List.of();

    private Commands() {}

    /** The command {@code recthink} with all others as its subcommands. */
    static CommandLine commandLine() {
        return new Commands()
                .group("First look:")
                .command("quickstart", new QuickstartCommand())
                .group("Data:")
                .job("simulate", "Write a review log of simulated users.", SimulateJob::new)
                .job("prepare", "Turn a review log into examples to learn from and to predict.", new PrepareCommand())
                .job("oracle", "Predict a simulated log as well as its histories allow.", OracleJob::new)
                .group("Models:")
                .command("import-model", new ImportModelCommand())
                .job("init-model", "Make a small random model with a tokenizer of its own.", InitModelJob::new)
                .command("export", new ExportCommand())
                .group("Training:")
                .job("cold-start", "Write teacher traces for the warm start.", new ColdStartCommand())
                .resumable("sft", "Teach a model the form of the answers by imitation of traces.", SftJob::new)
                .resumable("train", "Train a policy by GRPO.", TrainJob::new)
                .command("inspect", new InspectCommand())
                .group("Predictions and tables:")
                .job("predict", "Predict ratings with one or several policies.", new PredictCommand())
                .job(
                        "mf",
                        "Predict ratings by matrix factorisation; search its settings on validation rows.",
                        MfJob::new)
                .job("review", "Predict ratings by networks that read reviews: DeepCoNN, NARRE, DAML.", ReviewJob::new)
                .job("compare", "Score all systems on the same rows and write the tables.", new CompareCommand())
                .job("probe", "Show changed prompts to a policy and write a table of its answers.", new ProbeCommand())
                .group("Every day:")
                .job(
                        "retrain",
                        "Train the serving policy on the newest rows, and publish it if the gate lets it pass.",
                        new RetrainCommand())
                .command("registry", new RegistryCommand())
                .group("Checks:")
                .command("config", new ConfigCommand())
                .command("plan", new PlanCommand())
                .command("prompt", new PromptCommand())
                .job("verify", "Compare data, traces, predictions and runs with what was written.", VerifyJob::new)
                .group("Engine alone:")
                .command("generate", new GenerateCommand())
                .command("benchmark", new BenchmarkCommand())
                .root();
    }

    private CommandLine root() {
        root.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST, this::list);
        root.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST_HEADING, help -> "");
        // TerminalText shows escapes as text, so the help must contain no colors.
        return root.setColorScheme(Help.defaultColorScheme(Ansi.OFF));
    }

    private Commands group(String heading) {
        group = new ArrayList<>();
        groups.put(heading, group);
        return this;
    }

    private Commands command(String name, Object command) {
        root.addSubcommand(name, command);
        group.add(name);
        return this;
    }

    private Commands job(String name, String description, Supplier<Job> job) {
        return job(name, description, new JobCommand(name, job));
    }

    private Commands resumable(String name, String description, Function<Boolean, Job> jobs) {
        return job(name, description, new ResumableJobCommand(name, jobs));
    }

    private Commands job(String name, String description, JobCommand job) {
        CommandSpec spec = CommandSpec.forAnnotatedObject(job);
        spec.usageMessage().description(description);
        spec.mixinStandardHelpOptions(true);
        return command(name, spec);
    }

    private String list(Help help) {
        StringBuilder list = new StringBuilder();
        groups.forEach(
                (heading, names) -> list.append("%n%s%n".formatted(heading)).append(table(help, names)));
        return list.toString();
    }

    private static String table(Help help, List<String> names) {
        int width = help.commandSpec().usageMessage().width();
        TextTable table = TextTable.forColumns(
                help.colorScheme(),
                new Column(NAME_WIDTH, 2, Overflow.SPAN),
                new Column(width - NAME_WIDTH, 0, Overflow.WRAP));
        for (String name : names) {
            String description = String.join(
                    " ",
                    help.subcommands().get(name).commandSpec().usageMessage().description());
            table.addRowValues(Ansi.OFF.new Text(name), Ansi.OFF.new Text(description));
        }
        return table.toString();
    }

    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            BuildInformation build = BuildInformation.current();
            return new String[] {"recthink %s (%s)".formatted(build.version(), build.revision())};
        }
    }
}
