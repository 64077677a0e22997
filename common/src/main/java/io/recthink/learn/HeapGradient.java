package io.recthink.learn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.recthink.model.Decoder;
import io.recthink.model.ParameterLayout.Parameter;
import io.recthink.model.TensorLayout;
import io.recthink.torch.TensorMemory;
import java.nio.FloatBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The gradients of a decoder's tensors, added up in Java memory. */
final class HeapGradient {
    private final TensorLayout tensors;
    private final Map<String, List<Parameter>> parameters; // by tensor
    private final ParameterVector sum;
    private final Set<String> added = new HashSet<>();
    private final float[] summand;

    HeapGradient(Decoder decoder) {
        this.tensors = decoder.tensorLayout();
        this.parameters = decoder.layout().parameters().stream()
                .collect(Collectors.groupingBy(
                        parameter -> tensors.place(parameter).tensor()));
        this.sum = ParameterVector.zeros(decoder.layout());
        this.summand = new float[sum.chunk(0).length];
    }

    /** Adds the gradient of a whole tensor. */
    void add(String tensor, NDArray gradient, NDManager scratch) {
        boolean first = added.add(tensor);
        for (Parameter parameter : parameters.get(tensor)) {
            long place = tensors.place(parameter).first();
            sum.chunksOf(parameter, (done, chunk, start, count) -> {
                if (first) {
                    TensorMemory.read(gradient, place + done, FloatBuffer.wrap(chunk, start, count), scratch);
                } else {
                    TensorMemory.read(gradient, place + done, FloatBuffer.wrap(summand, 0, count), scratch);
                    for (int i = 0; i < count; i++) {
                        chunk[start + i] += summand[i];
                    }
                }
            });
        }
    }

    /** The tensors whose gradients have been added. */
    Set<String> tensors() {
        return added;
    }

    /** The sum itself, not a copy. */
    ParameterVector sum() {
        return sum;
    }
}
