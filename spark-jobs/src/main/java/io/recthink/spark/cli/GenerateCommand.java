package io.recthink.spark.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.recthink.InvalidInputException;
import io.recthink.generate.Completion;
import io.recthink.generate.Generator;
import io.recthink.generate.PromptTokens;
import io.recthink.generate.SamplingOptions;
import io.recthink.model.AdapterFolder;
import io.recthink.model.ChatTemplate.Message;
import io.recthink.model.Decoder;
import io.recthink.model.ModelFolder;
import io.recthink.model.ModelTokenizer;
import io.recthink.prompt.PromptSettings;
import io.recthink.spark.JobSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code recthink generate}: shows the answer of a model. Standard output contains only the answer. */
@Command(name = "generate", description = "Let a model answer one prompt.", mixinStandardHelpOptions = true)
final class GenerateCommand implements Callable<Integer> {
    @Spec
    private CommandSpec command;

    @Mixin
    private ModelOptions models;

    @ArgGroup(exclusive = true, multiplicity = "1")
    private Prompt prompt;

    @Option(names = "--system", paramLabel = "TEXT", description = "system message before --prompt")
    private Optional<String> system = Optional.empty();

    @Option(
            names = "--template",
            paramLabel = "NAME=VALUE",
            description = "a variable for the model's chat template, like the setting prompt.template.NAME of the jobs")
    private List<String> variables = new ArrayList<>();

    @Option(
            names = "--max-tokens",
            paramLabel = "N",
            required = true,
            description = "maximum number of tokens of the answer")
    private int maxTokens;

    @Option(
            names = "--temperature",
            paramLabel = "T",
            required = true,
            description = "divides the logits; 0 takes the likeliest token each time")
    private double temperature;

    @Option(
            names = "--top-p",
            paramLabel = "P",
            defaultValue = "1",
            description =
                    "sample only the likeliest tokens that together have this probability (default: ${DEFAULT-VALUE})")
    private double topP;

    @Option(
            names = "--seed",
            paramLabel = "S",
            defaultValue = "0",
            description = "seed of the random numbers (default: ${DEFAULT-VALUE})")
    private long seed;

    @Option(names = "--ignore-end", description = "continue after the model has ended its answer, up to --max-tokens")
    private boolean ignoreEnd;

    @Option(names = "--json", description = "print one JSON object, with the tokens and their log-probabilities")
    private boolean json;

    @Mixin
    private EngineOptions engine;

    static final class Prompt {
        @Option(
                names = "--prompt",
                paramLabel = "TEXT",
                required = true,
                description = "the message of the user; recthink puts it into the model's chat template")
        private String text;

        @Option(
                names = "--prompt-tokens",
                paramLabel = "ID",
                split = ",",
                required = true,
                description = "token ids, used without a chat template")
        private int[] tokens;
    }

    @Override
    public Integer call() {
        SamplingOptions options = new SamplingOptions(maxTokens, temperature, topP, List.of(), ignoreEnd);
        try (ModelFolder folder = ModelFolder.open(models.model());
                ModelTokenizer tokenizer = folder.tokenizer()) {
            int[] tokens = promptTokens(folder, tokenizer);
            try (Decoder model = engine.load(folder);
                    Generator generator = new Generator(adapted(model), tokenizer)) {
                long start = System.nanoTime();
                Completion completion = generator
                        .generate(List.of(new PromptTokens(tokens, new long[] {seed})), options)
                        .get(0)
                        .get(0);
                print(tokens, completion, (System.nanoTime() - start) / 1e9);
            }
        }
        return 0;
    }

    /** Adds the adapter of the options to the model, if there is one. The result closes with the model. */
    private Decoder adapted(Decoder model) {
        if (models.adapter().isEmpty()) {
            return model;
        }
        try (AdapterFolder adapter = AdapterFolder.open(models.adapter().get(), model.config())) {
            return model.withAdapter(adapter.config(), adapter);
        }
    }

    private int[] promptTokens(ModelFolder folder, ModelTokenizer tokenizer) {
        if (prompt.tokens != null) {
            if (system.isPresent()) {
                throw new InvalidInputException(
                        "--system needs --prompt; with --prompt-tokens, put the tokens of the system message into"
                                + " --prompt-tokens");
            }
            return prompt.tokens;
        }
        List<Message> messages = new ArrayList<>();
        system.ifPresent(text -> messages.add(new Message("system", text)));
        messages.add(new Message("user", prompt.text));
        return tokenizer.encode(folder.chatTemplate(templateVariables()).render(messages, true));
    }

    private Map<String, Object> templateVariables() {
        List<String> settings = variables.stream()
                .map(variable -> "prompt.template." + variable)
                .toList();
        return JobSettings.SECTIONS
                .read("--template", "", settings)
                .get(PromptSettings.class)
                .template();
    }

    private void print(int[] promptTokens, Completion completion, double seconds) {
        command.commandLine().getOut().println(json ? json(promptTokens, completion, seconds) : completion.text());
    }

    private static String json(int[] promptTokens, Completion completion, double seconds) {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode object = mapper.createObjectNode();
        object.set("promptTokens", mapper.valueToTree(promptTokens));
        object.set("tokens", mapper.valueToTree(completion.tokens()));
        object.set("logprobs", mapper.valueToTree(completion.logprobs()));
        object.put("text", completion.text());
        object.put("finish", completion.finish().label());
        object.put("tokensPerSecond", completion.tokens().length / seconds);
        try {
            return mapper.writeValueAsString(object);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
