package io.recthink.prompt;

import io.recthink.InvalidInputException;
import io.recthink.model.ChatTemplate;
import io.recthink.model.ChatTemplate.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The layout of the turns in a chat template, found by rendering a prompt and an answer. For a template without a
 * system role the instruction is at the start of the user's message. Safe for use by many threads.
 */
public final class Turns {
    private static final String INSTRUCTION = "Instruction of the system";
    private static final String QUESTION = "Question of the user";
    private static final String ANSWER = "Answer of the assistant";
    private static final String SYSTEM = "system";
    private static final String USER = "user";

    private final ChatTemplate template;
    private final boolean systemInUser;
    private final String assistantStart;
    private final String afterAnswer;

    private Turns(ChatTemplate template, boolean systemInUser) {
        this.template = template;
        this.systemInUser = systemInUser;
        List<Message> chat = new ArrayList<>(prompt());
        this.assistantStart = after(QUESTION, render(chat));
        chat.add(new Message("assistant", ANSWER));
        this.afterAnswer = after(ANSWER, template.render(laidOut(chat), false));
    }

    /**
     * The turns of a template.
     *
     * @throws InvalidInputException when the template shows the instruction neither as a system message nor in the
     *     user's message
     */
    public static Turns of(ChatTemplate template) {
        Optional<InvalidInputException> refusal = refusal(template, prompt());
        if (refusal.isEmpty()) {
            return new Turns(template, false);
        }
        Optional<InvalidInputException> second = refusal(template, merged(prompt()));
        if (second.isPresent()) {
            throw second.get();
        }
        return new Turns(template, true);
    }

    /** The reason why a template does not show a conversation; empty if it does. */
    private static Optional<InvalidInputException> refusal(ChatTemplate template, List<Message> chat) {
        try {
            String text = template.render(chat, true);
            return text.contains(INSTRUCTION) && text.contains(QUESTION)
                    ? Optional.empty()
                    : Optional.of(
                            new InvalidInputException(
                                    "the chat template leaves out or cuts parts of a message; put the template of the model's family into chat_template.jinja"));
        } catch (InvalidInputException e) {
            return Optional.of(e);
        }
    }

    private static List<Message> prompt() {
        return List.of(new Message(SYSTEM, INSTRUCTION), new Message(USER, QUESTION));
    }

    /** The text of a prompt with the start of the assistant's turn. */
    public String render(List<Message> messages) {
        return template.render(laidOut(messages), true);
    }

    private List<Message> laidOut(List<Message> messages) {
        return systemInUser ? merged(messages) : messages;
    }

    private static List<Message> merged(List<Message> messages) {
        if (messages.size() < 2 || !messages.get(0).role().equals(SYSTEM)) {
            return messages;
        }
        List<Message> merged = new ArrayList<>(messages.subList(1, messages.size()));
        merged.set(
                0,
                new Message(
                        USER,
                        messages.get(0).content() + "\n\n" + messages.get(1).content()));
        return merged;
    }

    private static String after(String content, String text) {
        int at = text.lastIndexOf(content);
        return at < 0 ? "" : text.substring(at + content.length());
    }

    /** Whether the instruction is in the user's message, because the template has no system role. */
    public boolean systemInUser() {
        return systemInUser;
    }

    /** The text between the user's and the assistant's words; blank where the template marks no turn. */
    public String assistantStart() {
        return assistantStart;
    }

    /** The text that the template writes after an answer, for example its end token. */
    public String afterAnswer() {
        return afterAnswer;
    }
}
