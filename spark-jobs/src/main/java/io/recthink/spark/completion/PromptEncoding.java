package io.recthink.spark.completion;

import io.recthink.model.ChatTemplate;
import io.recthink.model.ModelFolder;
import io.recthink.model.ModelTokenizer;
import io.recthink.prompt.PromptEncoder;
import io.recthink.prompt.PromptSettings;
import io.recthink.prompt.PromptTemplate;
import io.recthink.spark.policy.PolicyReference;
import io.recthink.spark.policy.PolicyStore;
import io.recthink.spark.table.PreparedData;
import java.io.Serializable;

/**
 * The settings that a task needs to convert examples to prompts for a policy.
 *
 * @param minRating lowest rating of the scale
 * @param maxRating highest rating of the scale
 */
public record PromptEncoding(PolicyReference policy, PromptSettings settings, double minRating, double maxRating)
        implements Serializable {
    /** The encoding for the examples of a data set. */
    public static PromptEncoding of(PolicyReference policy, PromptSettings settings, PreparedData data) {
        return new PromptEncoding(policy, settings, data.minRating(), data.maxRating());
    }

    /** Opens the policy's tokenizer and chat template on this machine. */
    public Open open() {
        return new Open(ModelFolder.open(PolicyStore.localize(policy.model())));
    }

    /** An encoder in use. */
    public final class Open implements AutoCloseable {
        private final ModelTokenizer tokenizer;
        private final ChatTemplate template;
        private final PromptEncoder encoder;

        private Open(ModelFolder opened) {
            try (ModelFolder folder = opened) {
                this.tokenizer = folder.tokenizer();
                this.template = folder.chatTemplate(settings.template());
                this.encoder = new PromptEncoder(
                        new PromptTemplate(settings, minRating, maxRating), tokenizer, template, settings.maxTokens());
            }
        }

        public PromptEncoder encoder() {
            return encoder;
        }

        public ModelTokenizer tokenizer() {
            return tokenizer;
        }

        public ChatTemplate chatTemplate() {
            return template;
        }

        @Override
        public void close() {
            tokenizer.close();
        }
    }
}
