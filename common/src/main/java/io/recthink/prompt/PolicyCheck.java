package io.recthink.prompt;

import io.recthink.InvalidInputException;
import io.recthink.model.ModelFolder;
import io.recthink.model.ModelTokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Checks a policy before training or prediction: renders one prompt and one answer. The check finds errors that would
 * otherwise show after hours, as completions that never end or are never well formed.
 */
public final class PolicyCheck {
    private final Path folder;
    private final List<String> notes = new ArrayList<>();

    private PolicyCheck(Path folder) {
        this.folder = folder;
    }

    /**
     * Checks a model with the settings of the prompts.
     *
     * @param folder the folder of the model, or of the base model of an adapter
     * @param min the lowest rating of the scale
     * @param max the highest rating of the scale
     * @return notes and warnings for the user
     * @throws InvalidInputException when the policy cannot be used with these settings
     */
    public static List<String> of(Path folder, PromptSettings settings, double min, double max) {
        PolicyCheck check = new PolicyCheck(folder);
        try (ModelFolder model = ModelFolder.open(folder);
                ModelTokenizer tokenizer = model.tokenizer()) {
            Turns turns = Turns.of(model.chatTemplate(settings.template()));
            check.turns(turns, OutputGrammar.of(settings.think(), min, max));
            check.end(turns, tokenizer, model.config().endTokens());
            // Refuses a limit that is too small for the instruction.
            new PromptEncoder(
                            new PromptTemplate(settings, min, max),
                            tokenizer,
                            model.chatTemplate(settings.template()),
                            settings.maxTokens())
                    .encode(new PromptInput(
                            List.of(), List.of(), Item.titled("item"), OptionalDouble.empty(), OptionalDouble.empty()));
        }
        return check.notes;
    }

    private void turns(Turns turns, OutputGrammar grammar) {
        if (turns.systemInUser()) {
            notes.add(folder + ": its chat template has no system role: the instruction is in the user's message");
        }
        if (turns.assistantStart().isBlank()) {
            notes.add(
                    "WARNING: %s: its chat template writes nothing between the user's words and the answer: the model may continue the user's words. Put the template of the model's family into chat_template.jinja"
                            .formatted(folder));
        }
        grammar.afterPrompt(turns.assistantStart())
                .opened()
                .ifPresent(block -> notes.add("%s: its chat template opens %s itself, so completions begin inside it"
                        .formatted(folder, block.open())));
    }

    /** Refuses an end of turn that does not end sampling: every completion would run to the token limit. */
    private void end(Turns turns, ModelTokenizer tokenizer, List<Integer> ends) {
        int[] after = tokenizer.encode(turns.afterAnswer().strip());
        for (int token : after) {
            if (ends.contains(token)) {
                return;
            }
        }
        if (after.length > 0 && tokenizer.decode(new int[] {after[0]}).isEmpty()) {
            throw new InvalidInputException(
                    "%s: its chat template ends an answer with %s, token %d, which is not one of its end tokens %s: completions would never end. Add %d to eos_token_id of generation_config.json"
                            .formatted(folder, turns.afterAnswer().strip(), after[0], ends, after[0]));
        }
    }
}
