package io.recthink.text;

import java.util.List;

/** The target of an assignment. */
sealed interface Target {
    void assign(Frame frame, Object value);

    /** The value that the condition of a loop passes on: a tuple for several variables. */
    default Object repacked(Budget budget, Object value) {
        return value;
    }

    record Variable(String name) implements Target {
        @Override
        public void assign(Frame frame, Object value) {
            frame.set(name, value);
        }
    }

    record NamespaceAttribute(String namespace, String attribute) implements Target {
        @Override
        public void assign(Frame frame, Object value) {
            if (!(frame.get(namespace) instanceof Namespace target)) {
                throw new TemplateException(
                        "cannot set " + namespace + "." + attribute + ": " + namespace + " is not a namespace()");
            }
            target.set(attribute, value);
        }
    }

    record Several(List<Target> targets) implements Target {
        @Override
        public Object repacked(Budget budget, Object value) {
            List<Object> values = Values.list(budget, value);
            for (int i = 0; i < Math.min(values.size(), targets.size()); i++) {
                values.set(i, targets.get(i).repacked(budget, values.get(i)));
            }
            return new Tuple(values);
        }

        @Override
        public void assign(Frame frame, Object value) {
            List<Object> values = Values.list(frame.budget(), value);
            if (values.size() != targets.size()) {
                throw new TemplateException(
                        values.size() + " values cannot be assigned to " + targets.size() + " variables");
            }
            for (int i = 0; i < values.size(); i++) {
                targets.get(i).assign(frame, values.get(i));
            }
        }
    }
}
