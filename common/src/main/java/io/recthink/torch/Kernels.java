package io.recthink.torch;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.StandardCapabilities;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Calls tensor functions that DJL does not have. They are written in TorchScript: each resource {@code *.py} beside
 * this class is a list of methods of one class. The functions are loaded once a JVM and are safe for several threads.
 *
 * <p>Arguments and results are tensors. A scalar argument is a tensor without dimensions; an optional argument that is
 * absent is a tensor without elements.
 */
public final class Kernels {
    static final String PACKED = "packed.py";
    static final String UNPACKED = "unpacked.py";
    private static final List<String> RESOURCES = List.of("decoder.py", "generation.py", "review.py");
    private static final Set<String> PACKING_PROCESSORS = Set.of("amd64", "x86_64");
    private static final Pattern DEFINITION = Pattern.compile("(?m)^def (\\w+)\\(self");

    private final PtSymbolBlock module;
    private final Map<String, String> methods;

    private Kernels(PtSymbolBlock module, Map<String, String> methods) {
        this.module = module;
        this.methods = methods;
    }

    /** The kernels of this JVM. */
    public static Kernels instance() {
        return Instance.KERNELS;
    }

    /**
     * Calls a kernel in libtorch's inference mode, which saves bookkeeping and allows no backward pass.
     *
     * @param method name of the kernel
     * @param manager owner of the result
     * @return a tensor that cannot be saved for a backward pass
     */
    public NDArray call(String method, NDManager manager, NDArray... inputs) {
        try (IValue result = infer(method, inputs)) {
            return result.toTensor((PtNDManager) manager);
        }
    }

    /**
     * Like {@link #call} for a kernel whose first argument is a list of tensors: one call covers all layers of a model.
     */
    public NDArray call(String method, NDManager manager, NDList first, NDArray... inputs) {
        var values = new IValue[inputs.length + 1];
        values[0] = IValue.listFrom(first.toArray(new PtNDArray[0]));
        for (int i = 0; i < inputs.length; i++) {
            values[i + 1] = IValue.from((PtNDArray) inputs[i]);
        }
        try (IValue result = infer(method, values)) {
            return result.toTensor((PtNDManager) manager);
        }
    }

    /** Like {@link #call} for a kernel that returns a tuple or a list of tensors. */
    public NDList callForList(String method, NDManager manager, NDArray... inputs) {
        try (IValue result = infer(method, inputs)) {
            return result.toNDList((PtNDManager) manager);
        }
    }

    /**
     * Calls a kernel whose result may take part in a backward pass. libtorch records gradients where the thread is
     * inside {@link Gradients#record}; elsewhere the result is a plain tensor.
     *
     * @param manager owner of the results
     * @return the result, or the tensors of the tuple that the kernel returns
     */
    public NDList callWithGradient(String method, NDManager manager, NDArray... inputs) {
        TorchRuntime.ensurePrepared();
        var arguments = new NDList(inputs.length + 1);
        arguments.add(methodArgument(method, manager));
        arguments.addAll(Arrays.asList(inputs));
        return NativeCalls.instance().call(() -> IValueUtils.forward(module, arguments, true));
    }

    /** Like {@link #callWithGradient} for a kernel that returns one tensor. */
    public NDArray callForTensorWithGradient(String method, NDManager manager, NDArray... inputs) {
        return callWithGradient(method, manager, inputs).singletonOrThrow();
    }

    private IValue infer(String method, NDArray... inputs) {
        var values = new IValue[inputs.length];
        for (int i = 0; i < inputs.length; i++) {
            values[i] = IValue.from((PtNDArray) inputs[i]);
        }
        return infer(method, values);
    }

    /** Runs a kernel in inference mode and closes the arguments. */
    private IValue infer(String method, IValue... arguments) {
        try {
            TorchRuntime.ensurePrepared();
            requireKnown(method);
            return NativeCalls.instance().call(() -> IValueUtils.runMethod(module, method, arguments));
        } finally {
            for (IValue argument : arguments) {
                argument.close();
            }
        }
    }

    /**
     * Returns an argument that carries the method's name. DJL reads the name from an argument, and the owner of the
     * results from the first argument.
     */
    private PtNDArray methodArgument(String method, NDManager manager) {
        requireKnown(method);
        var argument = new PtNDArray((PtNDManager) manager, new String[0], new Shape(0));
        argument.setName(methods.get(method));
        return argument;
    }

    private void requireKnown(String method) {
        if (!methods.containsKey(method)) {
            throw new IllegalArgumentException("No kernel " + method + "; there are " + methods.keySet());
        }
    }

    private static Kernels load() {
        TorchRuntime.load();
        boolean packs = Engine.getEngine("PyTorch").hasCapability(StandardCapabilities.MKLDNN)
                && PACKING_PROCESSORS.contains(System.getProperty("os.arch"));
        return load(packs ? PACKED : UNPACKED);
    }

    /** @param packing the resource with the products of packed weights */
    static Kernels load(String packing) {
        String text = Stream.concat(RESOURCES.stream(), Stream.of(packing))
                .map(Kernels::read)
                .collect(Collectors.joining("\n"));
        var archive = new ByteArrayInputStream(KernelArchive.of(text));
        var manager = (PtNDManager) NDManager.newBaseManager(Device.cpu(), "PyTorch");
        try {
            return new Kernels(JniUtils.loadModule(manager, archive, false, false), methods(text));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot load the kernels", e);
        }
    }

    private static Map<String, String> methods(String text) {
        return DEFINITION
                .matcher(text)
                .results()
                .map(definition -> definition.group(1))
                .collect(Collectors.toUnmodifiableMap(name -> name, name -> "module_method:" + name));
    }

    private static String read(String resource) {
        try (InputStream in = Kernels.class.getResourceAsStream(resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the kernels " + resource, e);
        }
    }

    private static final class Instance {
        private static final Kernels KERNELS = load();
    }
}
