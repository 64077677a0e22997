package io.recthink.prompt;

import io.recthink.InvalidInputException;
import io.recthink.model.ChatTemplate;
import io.recthink.model.ChatTemplate.Message;
import io.recthink.model.ControlToken;
import io.recthink.model.ModelTokenizer;
import io.recthink.model.ModelTokenizer.Piece;
import io.recthink.prompt.UntrustedRegions.Region;
import java.text.Normalizer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Encodes prompts so that no text of a user or a shop becomes a control token, neither alone nor together with the text
 * around it. The tokenizer reports the control tokens that it finds in a prompt, after its own normalisation. A blank
 * put inside the text then breaks a control token up: {@code [INST]} becomes {@code [ INST]}.
 *
 * <p>All special and all added tokens are control tokens, in any spelling: a model may have learnt {@code Human} or
 * {@code ###} as the begin of a turn. There are two exceptions. Runs of blanks are never control tokens. Single letters
 * or digits that extend a vocabulary are control tokens only when they are special or the chat template writes them.
 * Safe for use by many threads.
 */
final class ControlTokenGuard {
    /** The number of rounds that add blanks. Later rounds remove characters, so that the loop ends. */
    private static final int MOST_BLANKS = 8;

    // A letter, with its marks, or a digit.
    private static final Pattern CHARACTER = Pattern.compile("[\\p{L}\\p{N}]\\p{M}*");

    private final ModelTokenizer tokenizer;
    private final Map<Integer, ControlToken> guarded = new HashMap<>();

    ControlTokenGuard(ModelTokenizer tokenizer, ChatTemplate template) {
        this.tokenizer = tokenizer;
        Set<Integer> written = writtenBy(template);
        for (ControlToken token : tokenizer.controlTokens()) {
            boolean control = token.special()
                    || written.contains(token.id())
                    || !CHARACTER.matcher(token.content()).matches();
            if (control && !token.content().isBlank()) {
                guarded.put(token.id(), token);
            }
        }
    }

    /** The ids of the tokens that the template writes around messages. A template may refuse some conversations. */
    private Set<Integer> writtenBy(ChatTemplate template) {
        Message system = new Message("system", UntrustedRegions.mark("1"));
        Message user = new Message("user", UntrustedRegions.mark("2"));
        Message assistant = new Message("assistant", UntrustedRegions.mark("3"));
        Set<Integer> written = new HashSet<>();
        for (List<Message> chat : List.of(List.of(user), List.of(system, user), List.of(user, assistant, user))) {
            try {
                UntrustedRegions text = UntrustedRegions.of(template.render(chat, true), 0);
                tokenizer.pieces(text.text()).stream()
                        .filter(piece ->
                                text.regions().stream().noneMatch(region -> region.meets(piece.start(), piece.end())))
                        .forEach(piece -> written.add(piece.id()));
            } catch (InvalidInputException e) {
                // The template writes nothing around messages that it refuses.
            }
        }
        return written;
    }

    /**
     * The text and the tokens of a rendered prompt whose untrusted parts are marked.
     *
     * @param expected the number of untrusted parts before the prompt was rendered
     */
    EncodedText encode(String rendered, long expected) {
        UntrustedRegions prompt = UntrustedRegions.of(rendered, expected);
        List<Piece> pieces = tokenizer.pieces(prompt.text());
        for (int round = 0; breakUp(prompt, pieces, round < MOST_BLANKS); round++) {
            pieces = tokenizer.pieces(prompt.text());
        }
        return new EncodedText(
                prompt.text(), pieces.stream().mapToInt(Piece::id).toArray());
    }

    /**
     * Breaks up all control tokens in untrusted regions; returns whether there were any. It works from the end to the
     * beginning, so that earlier positions stay valid.
     */
    private boolean breakUp(UntrustedRegions prompt, List<Piece> pieces, boolean withBlanks) {
        boolean found = false;
        String text = prompt.text();
        List<Region> regions = prompt.regions();
        int last = regions.size() - 1;
        for (int i = pieces.size() - 1; i >= 0; i--) {
            Piece piece = pieces.get(i);
            Optional<Piece> control = control(piece, text);
            if (control.isEmpty()) {
                continue;
            }
            while (last >= 0 && regions.get(last).start() >= control.get().end()) {
                last--;
            }
            if (last >= 0
                    && regions.get(last)
                            .meets(control.get().start(), control.get().end())) {
                breakUp(prompt, control.get(), regions.get(last), withBlanks);
                found = true;
            }
        }
        return found;
    }

    /** The piece without the blanks around it if it is a control token, else empty. */
    private Optional<Piece> control(Piece piece, String text) {
        ControlToken token = guarded.get(piece.id());
        if (token == null) {
            return Optional.empty();
        }
        int start = piece.start();
        int end = piece.end();
        while (start < end && Character.isWhitespace(text.charAt(start))) {
            start++;
        }
        while (end > start && Character.isWhitespace(text.charAt(end - 1))) {
            end--;
        }
        boolean said = !token.unknown() || plain(text.substring(start, end)).equals(plain(token.content()));
        return said ? Optional.of(new Piece(piece.id(), start, end)) : Optional.empty();
    }

    private static String plain(String text) {
        return Normalizer.normalize(text, Normalizer.Form.NFKC)
                .toLowerCase(Locale.ROOT)
                .strip();
    }

    private static void breakUp(UntrustedRegions prompt, Piece control, Region region, boolean withBlanks) {
        int from = Math.max(control.start(), region.start());
        int to = Math.min(control.end(), region.end());
        int second = from + Character.charCount(prompt.text().codePointAt(from));
        if (!withBlanks) {
            prompt.replace(from, Math.max(to, second), "");
        } else if (from > control.start()) {
            prompt.replace(from, from, " ");
        } else if (second < control.end()) {
            prompt.replace(second, second, " ");
        } else {
            prompt.replace(from, second, " "); // the token is one character
        }
    }
}
