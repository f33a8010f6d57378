package io.paritree.serving.openinference;

import com.fasterxml.jackson.core.JsonToken;
import io.paritree.Fault;
import io.paritree.record.JsonDocument;
import io.paritree.record.MalformedJsonException;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.answer.Problems;
import io.paritree.serving.request.ReasonsRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An inference request of the Open Inference Protocol, without the tensors' data.
 *
 * <p>Null means that an optional member is absent, because some clients write it so. Members that
 * nothing reads are ignored; a member of the protocol that occurs twice is refused.
 *
 * @param id echoed in the answer; null if the request has none
 * @param inputs in the order of the request
 * @param outputs the requested outputs; empty for all
 * @param binary whether outputs are wanted as bytes where they do not say it themselves
 */
record InferRequest(String id, List<Tensor> inputs, List<Output> outputs, boolean binary) {
  private static final int MAX_INPUTS = 100_000;
  private static final Set<String> REQUEST = Set.of("id", "inputs", "outputs", "parameters");
  private static final Set<String> TENSOR =
      Set.of("name", "datatype", "shape", "data", "parameters");

  /**
   * The head of an input tensor.
   *
   * @param shape one or two dimensions, none negative
   * @param dataAt the index in the JSON at which the list of its data begins; -1 if it is binary
   * @param binarySize length of its data after the JSON, in bytes; -1 if the JSON has the data
   */
  record Tensor(String name, Datatype datatype, long[] shape, int dataAt, long binarySize) {
    boolean isBinary() {
      return binarySize >= 0;
    }

    long elements() {
      return rows() * perRow();
    }

    long rows() {
      return shape[0];
    }

    /** Returns the number of elements of a row. */
    long perRow() {
      return shape.length == 1 ? 1 : shape[1];
    }
  }

  /**
   * An output that the caller wants.
   *
   * @param binary whether it is wanted as bytes; null while only the request may say it
   * @param explained the parameters of {@link ReasonsRequest}, of the output or of the request
   */
  record Output(String name, Boolean binary, Map<String, String> explained) {
    /** Returns this output with what the request says for all where the output does not. */
    private Output or(boolean all, Map<String, String> request) {
      Map<String, String> merged = new HashMap<>(request);
      merged.putAll(explained);
      return new Output(name, binary == null ? all : binary, Map.copyOf(merged));
    }

    /** Returns the reasons that this output asks for. */
    ReasonsRequest reasons() {
      return ReasonsRequest.asked(explained, "");
    }
  }

  /**
   * Reads everything except the data, which may come before its description, and finds the data.
   *
   * @throws ProblemException with 400 if a member is missing or has the wrong form
   */
  static InferRequest read(JsonDocument document) throws MalformedJsonException {
    if (document.next() != JsonToken.START_OBJECT) {
      throw wrong("the body", "an object with 'inputs'");
    }

    String id = null;
    List<Tensor> inputs = List.of();
    List<Output> outputs = List.of();
    Boolean binary = null;
    Map<String, String> explained = new HashMap<>();
    Set<String> seen = new HashSet<>();
    while (document.next() == JsonToken.FIELD_NAME) {
      String name = once(document, REQUEST, seen);
      if (document.next() == JsonToken.VALUE_NULL) {
        continue;
      }

      switch (name) {
        case "id" -> id = text(document, "id");
        case "inputs" -> inputs = inputs(document);
        case "outputs" -> outputs = outputs(document);
        case "parameters" ->
            binary = parameters(document, "binary_data_output", explained, new HashSet<>());
        default -> document.skip();
      }
    }

    document.end();
    if (inputs.isEmpty()) {
      throw wrong("inputs", "at least one tensor");
    }

    checkExplained(outputs, explained);
    boolean all = binary != null && binary;
    return new InferRequest(
        id, inputs, outputs.stream().map(output -> output.or(all, explained)).toList(), all);
  }

  /**
   * Refuses parameters of reasons that change nothing in the answer.
   *
   * @param request the parameters of the request, which hold for all outputs
   */
  private static void checkExplained(List<Output> outputs, Map<String, String> request) {
    Set<String> names = outputs.stream().map(Output::name).collect(Collectors.toSet());
    Set<String> unused =
        Stream.concat(
                request.entrySet().stream(),
                outputs.stream().flatMap(output -> output.explained.entrySet().stream()))
            .filter(one -> !ReasonsRequest.isDefault(one.getKey(), one.getValue()))
            .map(Map.Entry::getKey)
            .collect(Collectors.toSet());
    if (!unused.isEmpty() && !names.contains(InferAnswer.REASONS)) {
      throw new ProblemException(
          Problems.MISSING_PARAMETER.of(
              "outputs",
              "the output '%s' in the same request, which '%s' is about"
                  .formatted(InferAnswer.REASONS, unused.iterator().next())));
    }
  }

  /** Returns the name of the next member; each of {@code members} may occur once. */
  private static String once(JsonDocument document, Set<String> members, Set<String> seen)
      throws MalformedJsonException {
    String name = document.name();
    if (members.contains(name) && !seen.add(name)) {
      throw wrong(name, "it only once");
    }

    return name;
  }

  private static List<Tensor> inputs(JsonDocument document) throws MalformedJsonException {
    if (document.token() != JsonToken.START_ARRAY) {
      throw wrong("inputs", "a list of tensors");
    }

    List<Tensor> inputs = new ArrayList<>();
    while (document.next() != JsonToken.END_ARRAY) {
      if (document.token() != JsonToken.START_OBJECT || inputs.size() == MAX_INPUTS) {
        throw wrong("inputs", "a list of at most %s tensors".formatted(MAX_INPUTS));
      }

      inputs.add(tensor(document));
    }

    return inputs;
  }

  private static Tensor tensor(JsonDocument document) throws MalformedJsonException {
    String name = null;
    Datatype datatype = null;
    long[] shape = null;
    int dataAt = -1;
    long binarySize = -1;
    Set<String> seen = new HashSet<>();
    while (document.next() == JsonToken.FIELD_NAME) {
      String member = once(document, TENSOR, seen);
      document.next();
      switch (member) {
        case "name" -> name = text(document, "name");
        case "datatype" -> datatype = datatype(document);
        case "shape" -> shape = shape(document);
        case "parameters" -> binarySize = binarySize(document);
        case "data" -> {
          dataAt = document.token() == JsonToken.START_ARRAY ? document.at() : -1;
          document.skip();
        }
        default -> document.skip();
      }
    }

    if (name == null || datatype == null || shape == null || dataAt >= 0 == binarySize >= 0) {
      throw wrong(
          "a tensor", "name, shape, datatype and data, a list, or the parameter binary_data_size");
    }

    return new Tensor(name, datatype, shape, dataAt, binarySize);
  }

  /**
   * Returns the parameter {@code binary_data_size} of a tensor, -1 without it. Refuses a parameter
   * that would change the meaning of the data otherwise.
   */
  private static long binarySize(JsonDocument document) throws MalformedJsonException {
    long size = -1;
    if (document.token() != JsonToken.START_OBJECT) {
      document.skip();
      return size;
    }

    for (String name = document.member(); name != null; name = document.member()) {
      if (name.equals("binary_data_size")) {
        boolean whole = document.token() == JsonToken.VALUE_NUMBER_INT && size < 0;
        double number = whole ? document.number() : -1;
        if (number < 0 || number > Integer.MAX_VALUE) {
          throw wrong("binary_data_size", "a whole number of bytes, 0 or more, only once");
        }

        size = (long) number;
      }

      if (name.equals("content_type") && document.text().equals("base64")) {
        throw wrong("a tensor", "plain text; base64 is not decoded");
      }

      document.skip();
    }

    return size;
  }

  private static Datatype datatype(JsonDocument document) throws MalformedJsonException {
    return Datatype.of(text(document, "datatype"))
        .orElseThrow(() -> wrong("datatype", "one of " + List.of(Datatype.values())));
  }

  private static long[] shape(JsonDocument document) throws MalformedJsonException {
    List<Long> dimensions = new ArrayList<>();
    if (document.token() == JsonToken.START_ARRAY) {
      while (document.next() == JsonToken.VALUE_NUMBER_INT && dimensions.size() < 2) {
        double dimension = document.number();
        if (dimension < 0 || dimension > Integer.MAX_VALUE) {
          break;
        }

        dimensions.add((long) dimension);
      }
    }

    if (document.token() != JsonToken.END_ARRAY || dimensions.isEmpty()) {
      throw wrong("shape", "one or two whole numbers, 0 or more");
    }

    return dimensions.stream().mapToLong(Long::longValue).toArray();
  }

  private static List<Output> outputs(JsonDocument document) throws MalformedJsonException {
    List<Output> outputs = new ArrayList<>();
    if (document.token() != JsonToken.START_ARRAY) {
      throw wrong("outputs", "a list of objects with a name");
    }

    while (document.next() != JsonToken.END_ARRAY) {
      String name = null;
      Boolean binary = null;
      Map<String, String> explained = new HashMap<>();
      if (document.token() == JsonToken.START_OBJECT) {
        for (String member = document.member(); member != null; member = document.member()) {
          switch (member) {
            case "name" -> name = text(document, "name");
            case "parameters" -> {
              Set<String> unknown = new TreeSet<>();
              binary = parameters(document, "binary_data", explained, unknown);
              if (!unknown.isEmpty()) {
                throw wrong(
                    "the parameters of an output",
                    "binary_data and, for reasons and contributions, those that docs/reasons.md lists, but not "
                        + Fault.printable(String.join(", ", unknown)));
              }
            }
            default -> document.skip();
          }
        }
      }

      if (name == null || outputs.size() == MAX_INPUTS) {
        throw wrong("outputs", "a list of objects with a name");
      }

      outputs.add(new Output(name, binary, explained));
    }

    return outputs;
  }

  /**
   * Reads parameters.
   *
   * @param truth the name of one that is true or false
   * @param explained receives the parameters of {@link ReasonsRequest}
   * @param unknown receives the names of all others
   * @return the value of {@code truth}; null if it is not among the parameters
   */
  private static Boolean parameters(
      JsonDocument document, String truth, Map<String, String> explained, Set<String> unknown)
      throws MalformedJsonException {
    Boolean value = null;
    if (document.token() == JsonToken.START_OBJECT) {
      for (String name = document.member(); name != null; name = document.member()) {
        boolean wanted = name.equals(truth);
        JsonToken token = document.token();
        if (wanted && token != JsonToken.VALUE_TRUE && token != JsonToken.VALUE_FALSE) {
          throw wrong(truth, "true or false");
        }

        if (!wanted && !ReasonsRequest.isParameter(name)) {
          unknown.add(name);
        }

        ReasonsRequest.read(document, name, "", explained);
        value = wanted ? Boolean.valueOf(token == JsonToken.VALUE_TRUE) : value;
        document.skip();
      }
    }

    document.skip();
    return value;
  }

  private static String text(JsonDocument document, String member) throws MalformedJsonException {
    if (document.token() != JsonToken.VALUE_STRING) {
      throw wrong(member, "text");
    }

    return document.text();
  }

  static ProblemException wrong(String what, String expected) {
    return new ProblemException(
        Problems.MALFORMED_BODY.of("Cannot read %s: expected %s.".formatted(what, expected)));
  }
}
