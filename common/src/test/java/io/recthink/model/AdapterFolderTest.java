package io.recthink.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.recthink.CommonSections;
import io.recthink.Fixtures;
import io.recthink.InvalidInputException;
import io.recthink.model.AdapterFolder.Base;
import io.recthink.model.ParameterLayout.Parameter;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

/** Adapters in PEFT's format. */
class AdapterFolderTest {
    static final List<String> MODELS = Fixtures.MODELS;
    private static final String CONFIG = "adapter_config.json";
    private static final String WEIGHTS = "adapter_model.safetensors";

    private static final Base BASE = new Base("some/model", Optional.empty());

    @TempDir
    private Path folder;

    private ModelConfig base;

    @BeforeEach
    void copyFixture() throws IOException {
        base = ModelConfig.read(Fixtures.folder("llama"));
        for (String name : List.of(CONFIG, WEIGHTS)) {
            Files.copy(Fixtures.folder("llama").resolve("lora").resolve(name), folder.resolve(name));
        }
    }

    @ParameterizedTest
    @FieldSource("MODELS")
    void readsWhatPeftWrote(String name) {
        ModelConfig model = ModelConfig.read(Fixtures.folder(name));
        try (AdapterFolder adapter = AdapterFolder.open(Fixtures.folder(name).resolve("lora"), model)) {
            assertThat(adapter.config()).isEqualTo(new LoraConfig(4, 8, false, EnumSet.allOf(Projection.class)));
            assertThat(adapter.layout().parameters()).hasSize(2 * 7 * 2);
            assertThat(adapter.layout().parameters().get(1).name())
                    .isEqualTo("model.layers.0.self_attn.q_proj.lora_B.weight");
        }
    }

    @ParameterizedTest
    @FieldSource("MODELS")
    void writesTheTensorsThatPeftWroteBackToTheBit(String name) {
        ModelConfig model = ModelConfig.read(Fixtures.folder(name));
        Path original = Fixtures.folder(name).resolve("lora");
        Path copy = folder.resolve("copy");
        try (AdapterFolder adapter = AdapterFolder.open(original, model)) {
            AdapterFolder.write(copy, adapter.config(), BASE, adapter.layout(), adapter);
        }
        try (SafetensorsReader expected = SafetensorsReader.open(original.resolve(WEIGHTS));
                SafetensorsReader actual = SafetensorsReader.open(copy.resolve(WEIGHTS))) {
            assertThat(actual.metadata()).isEqualTo(expected.metadata());
            assertThat(actual.tensors()).containsExactlyInAnyOrderElementsOf(expected.tensors());
            for (TensorInfo tensor : expected.tensors()) {
                assertThat(values(actual, tensor)).as(tensor.name()).isEqualTo(values(expected, tensor));
            }
        }
    }

    @Test
    void refusesWeightsThatAreNoNumbers() {
        LoraConfig config = new LoraConfig(2, 1, false, EnumSet.of(Projection.QUERY));
        ParameterLayout layout = ParameterLayout.of(base, config);
        AdapterFolder.write(folder, config, BASE, layout, (parameter, out) -> {
            while (out.hasRemaining()) {
                out.put(parameter.name().endsWith("lora_B.weight") ? Float.NaN : 1);
            }
        });
        try (AdapterFolder adapter = AdapterFolder.open(folder, base)) {
            Parameter a = adapter.layout().parameters().get(0);
            Parameter b = adapter.layout().parameters().get(1);
            assertThat(values(adapter, a)).containsOnly(1);
            assertThatThrownBy(() -> values(adapter, b))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageStartingWith(folder + ": tensor base_model.model." + b.name())
                    .hasMessageContaining("has a weight that is not a finite number (NaN)");
        }
    }

    @Test
    void writesTheConfigurationInTheKeysOfPeft() {
        LoraConfig config = new LoraConfig(16, 0.5, true, EnumSet.of(Projection.QUERY, Projection.VALUE));
        ParameterLayout layout = ParameterLayout.of(base, config);
        AdapterFolder.write(folder, config, BASE, layout, new LoraInitializer(1));
        JsonNode written = JsonFile.readObject(folder.resolve(CONFIG));
        JsonNode known =
                JsonFile.readObject(Fixtures.folder("llama").resolve("lora").resolve(CONFIG));
        written.fieldNames()
                .forEachRemaining(key -> assertThat(known.has(key)).as(key).isTrue());
        assertThat(written.path("target_modules")).hasToString("[\"q_proj\",\"v_proj\"]");
        assertThat(written.path("base_model_name_or_path").asText()).isEqualTo("some/model");
        try (AdapterFolder adapter = AdapterFolder.open(folder, base)) {
            assertThat(adapter.config()).isEqualTo(config);
        }
    }

    @Test
    void comesFromTheConfigurationWhereThatAsksForARank() {
        assertThat(LoraConfig.of(CommonSections.SECTIONS.defaults().get(LoraSettings.class)))
                .isEmpty();
        LoraSettings all = new LoraSettings(4, 8, true, LoraSettings.MODULES);
        assertThat(LoraConfig.of(all)).hasValue(new LoraConfig(4, 8, true, EnumSet.allOf(Projection.class)));
        LoraSettings some = new LoraSettings(4, 8, true, List.of("v_proj", "q_proj"));
        assertThat(LoraConfig.of(some).orElseThrow().projections()).containsExactly(Projection.QUERY, Projection.VALUE);
    }

    @Test
    void namesItsBaseModelAsItWasWritten() {
        LoraConfig config = new LoraConfig(2, 4, false, EnumSet.of(Projection.QUERY));
        Base named = new Base("/models/base", Optional.of("abc"));
        AdapterFolder.write(folder, config, named, ParameterLayout.of(base, config), new LoraInitializer(1));
        assertThat(AdapterFolder.base(folder)).isEqualTo(named);
    }

    @Test
    void doesNotKnowTheBaseModelOfAnAdapterThatDoesNotSayIt() {
        assertThat(AdapterFolder.base(folder)).isEqualTo(new Base("", Optional.empty()));
    }

    @Test
    void scalesByRankOrItsRoot() {
        Set<Projection> down = Set.of(Projection.DOWN);
        assertThat(new LoraConfig(16, 8, false, down).scale()).isEqualTo(0.5);
        assertThat(new LoraConfig(16, 8, true, down).scale()).isEqualTo(2);
    }

    @Test
    void dropoutCountsInTrainingAlone() throws IOException {
        changeConfig("'lora_dropout':0.05");
        AdapterFolder.open(folder, base).close();
        assertThatThrownBy(() -> AdapterFolder.requireNoDropout(folder))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(folder.resolve(CONFIG) + ": lora_dropout 0.05 is not supported in training; set it to 0,"
                        + " which changes nothing but training");
        changeConfig("'lora_dropout':0.0");
        AdapterFolder.requireNoDropout(folder);
        changeConfig("'lora_dropout':null");
        AdapterFolder.requireNoDropout(folder);
    }

    @Test
    void takesAllProjectionsWhereTheConfigurationSaysSo() throws IOException {
        changeConfig("'target_modules':'all-linear'");
        try (AdapterFolder adapter = AdapterFolder.open(folder, base)) {
            assertThat(adapter.config().projections()).containsExactly(Projection.values());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '^',
            value = {
                "'target_modules':['up_proj','self_attn.q_proj']",
                "'target_modules':['mlp.up_proj','layers.0.self_attn.q_proj','model.layers.1.self_attn.q_proj']"
            })
    void findsModulesByTheEndOfTheirPathAsPeftDoes(String change) throws IOException {
        LoraConfig config = new LoraConfig(4, 8, false, EnumSet.of(Projection.QUERY, Projection.UP));
        AdapterFolder.write(folder, config, BASE, ParameterLayout.of(base, config), new LoraInitializer(1));
        changeConfig(change);
        try (AdapterFolder adapter = AdapterFolder.open(folder, base)) {
            assertThat(adapter.config()).isEqualTo(config);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '^',
            value = {
                "'use_dora':true~use_dora true is not supported; merge the adapter into its model with PEFT (merge_and_unload) and use that model",
                "'lora_bias':true~lora_bias true is not supported; merge",
                "'modules_to_save':['lm_head']~modules_to_save ['lm_head'] is not supported; merge",
                "'rank_pattern':{'q_proj':8}~rank_pattern {'q_proj':8} is not supported; merge",
                "'alpha_pattern':{'q_proj':8}~alpha_pattern {'q_proj':8} is not supported; merge",
                "'layers_to_transform':[0]~layers_to_transform [0] is not supported; merge",
                "'layers_to_transform':0~layers_to_transform 0 is not supported; merge",
                "'a_key_of_tomorrow':'on'~a_key_of_tomorrow 'on' is not supported; merge",
                "'init_lora_weights':'pissa'~init_lora_weights 'pissa' is not supported; merge",
                "'fan_in_fan_out':true~fan_in_fan_out true is not supported; merge",
                "'bias':'all'~bias 'all' is not supported, only 'none' is; merge",
                "'peft_type':'PREFIX_TUNING'~peft_type 'PREFIX_TUNING' is not supported, only 'LORA' is; train a LoRA adapter",
                "'task_type':'SEQ_CLS'~task_type 'SEQ_CLS' is not supported, only 'CAUSAL_LM' is; train",
                "'lora_dropout':1.0~lora_dropout 1.0 must be a number from 0 to below 1",
                "'lora_dropout':'some'~lora_dropout 'some' must be a number from 0 to below 1",
                "'exclude_modules':['q_proj']~exclude_modules ['q_proj'] is not supported; merge",
                "'target_parameters':['x']~target_parameters ['x'] is not supported; merge",
                "'trainable_token_indices':[1]~trainable_token_indices [1] is not supported; merge",
                "'layer_replication':[[0,1]]~layer_replication [[0,1]] is not supported; merge",
                "'init_lora_weights':'olora'~init_lora_weights 'olora' is not supported; merge",
                "'init_lora_weights':'pissa_niter_16'~init_lora_weights 'pissa_niter_16' is not supported; merge",
                "'use_qalora':true~use_qalora true is not supported; merge",
                "'bias':'lora_only'~bias 'lora_only' is not supported, only 'none' is; merge",
                "'target_modules':'.*_proj'~target_modules '.*_proj' must be a list of modules; list some of q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj, or write 'all-linear'",
                "'target_modules':['q_proj','lm_head']~target_modules 'lm_head' is not supported; list some of q_proj",
                "'target_modules':['0.self_attn.q_proj']~target_modules ['0.self_attn.q_proj'] has q_proj in some layers only; list some of q_proj",
                "'target_modules':['proj']~target_modules 'proj' is not supported; list some of q_proj",
                "'target_modules':[]~target_modules [] must be a list of modules",
                "'target_modules':null~target_modules null must be a list of modules",
                "'use_rslora':'yes'~use_rslora 'yes' must be true or false",
                "'r':4.5~r 4.5 must be a whole number, the rank",
                "'r':0~rank must be from 1 to 65536 (was 0)",
                "'lora_alpha':'8'~lora_alpha '8' must be a number",
                "'lora_alpha':0~alpha must be above 0 (was 0.0)"
            })
    void refusesConfigurationsThatItCannotComputeExactly(String change, String message) throws IOException {
        changeConfig(change);
        assertRefused(base, folder.resolve(CONFIG), message.replace('\'', '"'));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '^',
            value = {
                "'r':8~tensor base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight has shape [4, 32], the model and the rank ask for [8, 32]; take the model that the adapter was made for",
                "'target_modules':['q_proj']~tensor base_model.model.model.layers.0.mlp.down_proj.lora_A.weight is in the file, but not in an adapter"
            })
    void refusesWeightsThatAreNotThoseOfTheConfiguration(String change, String message) throws IOException {
        changeConfig(change);
        assertRefused(base, folder.resolve(WEIGHTS), message);
    }

    @Test
    void refusesAnAdapterOfAnotherModel() {
        ModelConfig other = ModelConfig.read(Fixtures.folder("qwen3"));
        assertRefused(other, folder.resolve(WEIGHTS), "q_proj.lora_B.weight has shape [32, 4], the model and the rank");
    }

    @Test
    void refusesAFileThatLacksATensor() {
        LoraConfig config = new LoraConfig(4, 8, false, EnumSet.of(Projection.QUERY));
        ParameterLayout layout = ParameterLayout.of(base, config);
        List<TensorInfo> tensors = new ArrayList<>();
        tensors.add(new TensorInfo(
                "base_model.model." + layout.parameters().get(0).name(), ElementType.F32, List.of(4L, 32L)));
        try (SafetensorsWriter writer = SafetensorsWriter.create(folder.resolve(WEIGHTS), Map.of(), tensors)) {
            writer.write(FloatBuffer.wrap(new float[4 * 32]));
        }
        assertRefused(base, folder.resolve(WEIGHTS), "q_proj.lora_B.weight is missing, but adapter_config.json asks");
    }

    @ParameterizedTest
    @CsvSource({CONFIG, WEIGHTS})
    void refusesAFolderThatLacksAFile(String file) throws IOException {
        Files.delete(folder.resolve(file));
        assertRefused(base, folder, "is not an adapter folder, it has no " + file + "; save the adapter with PEFT");
    }

    @Test
    void startsUniformWithinTheRootOfTheInputAndWithoutEffect() {
        LoraConfig config = new LoraConfig(4, 8, false, EnumSet.allOf(Projection.class));
        for (Parameter parameter : ParameterLayout.of(base, config).parameters()) {
            float[] values = values(new LoraInitializer(7), parameter);
            if (parameter.name().endsWith("lora_B.weight")) {
                assertThat(values).containsOnly(0);
            } else {
                double bound = 1 / Math.sqrt(parameter.shape().get(1));
                double squares = 0;
                for (float value : values) {
                    assertThat(Math.abs(value)).isLessThanOrEqualTo((float) bound);
                    squares += (double) value * value;
                }
                // the variance of a uniform number within the bound is a third of its square
                assertThat(squares / values.length / bound / bound).isCloseTo(1 / 3., within(0.12));
            }
        }
    }

    @Test
    void startsEqualWithTheSameSeedInAnyOrder() {
        LoraConfig config = new LoraConfig(4, 8, false, EnumSet.of(Projection.QUERY, Projection.KEY));
        List<Parameter> parameters = ParameterLayout.of(base, config).parameters();
        LoraInitializer initializer = new LoraInitializer(7);
        float[] first = values(initializer, parameters.get(0));
        float[] later = values(initializer, parameters.get(2));
        assertThat(values(new LoraInitializer(7), parameters.get(2))).containsExactly(later);
        assertThat(values(new LoraInitializer(7), parameters.get(0))).containsExactly(first);
        assertThat(first).isNotEqualTo(later);
        assertThat(values(new LoraInitializer(8), parameters.get(0))).isNotEqualTo(first);
    }

    private void assertRefused(ModelConfig model, Path where, String message) {
        assertThatThrownBy(() -> AdapterFolder.open(folder, model).close())
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith(where + ": ")
                .hasMessageContaining(message);
    }

    /** Merges the entries into adapter_config.json; quotes are single. */
    private void changeConfig(String entries) throws IOException {
        Path file = folder.resolve(CONFIG);
        ObjectNode config = (ObjectNode) JsonFile.readObject(file);
        String json = "{" + entries.replace('\'', '"') + "}";
        config.setAll((ObjectNode) JsonFile.parseObject("change", json.getBytes(StandardCharsets.UTF_8)));
        JsonFile.write(file, config);
    }

    private static float[] values(ParameterReader reader, Parameter parameter) {
        var values = new float[(int) parameter.size()];
        reader.read(parameter, FloatBuffer.wrap(values));
        return values;
    }

    private static float[] values(SafetensorsReader reader, TensorInfo tensor) {
        var values = new float[(int) tensor.size()];
        reader.read(tensor.name(), FloatBuffer.wrap(values));
        return values;
    }

    @Test
    void takesTheTokenizerAndTheTemplateOfTheModelBesideAnAdapterAndNoOther(@TempDir Path saved) throws IOException {
        Path model = Fixtures.folder("llama");
        AdapterFolder.requireCompanionsOf(model, saved);
        for (String name : List.of("tokenizer.json", "tokenizer_config.json", "chat_template.jinja")) {
            Files.copy(model.resolve(name), saved.resolve(name));
        }
        AdapterFolder.requireCompanionsOf(model, saved);
        ObjectNode tokenizer = (ObjectNode) JsonFile.readObject(saved.resolve("tokenizer.json"));
        // As later versions save it after training: filled texts, merges as pairs.
        tokenizer.set("padding", JsonFile.MAPPER.readTree("{\"strategy\":\"BatchLongest\",\"pad_id\":0}"));
        ArrayNode pairs = JsonFile.MAPPER.createArrayNode();
        tokenizer.at("/model/merges").forEach(merge -> {
            String[] sides = merge.isTextual()
                    ? merge.asText().split(" ", 2)
                    : new String[] {merge.get(0).asText(), merge.get(1).asText()};
            pairs.addArray().add(sides[0]).add(sides[1]);
        });
        ((ObjectNode) tokenizer.get("model")).set("merges", pairs);
        JsonFile.write(saved.resolve("tokenizer.json"), tokenizer);
        AdapterFolder.requireCompanionsOf(model, saved);
        pairs.remove(0);
        JsonFile.write(saved.resolve("tokenizer.json"), tokenizer);
        assertOther(model, saved, "tokenizer.json is another tokenizer than the tokenizer of the base model");
        Files.delete(saved.resolve("tokenizer.json"));
        Files.writeString(saved.resolve("chat_template.jinja"), "{{ messages[0].content }}");
        assertOther(model, saved, " has another chat template than the base model");
        Files.delete(saved.resolve("chat_template.jinja"));
        Files.writeString(saved.resolve("tokenizer_config.json"), "{\"eos_token\":\"<|pad|>\"}");
        assertOther(model, saved, "tokenizer_config.json has another eos_token than the base model");
    }

    private static void assertOther(Path model, Path saved, String message) {
        assertThatThrownBy(() -> AdapterFolder.requireCompanionsOf(model, saved))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith(saved.toString())
                .hasMessageContaining(message)
                .hasMessageContaining("or remove it from the folder of the adapter");
    }
}
