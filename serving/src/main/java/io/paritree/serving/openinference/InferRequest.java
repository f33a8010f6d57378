package io.paritree.serving.openinference;

import com.fasterxml.jackson.core.JsonToken;
import io.paritree.record.JsonDocument;
import io.paritree.record.MalformedJsonException;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.answer.Problems;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * An inference request of the Open Inference Protocol, without the tensors' data.
 *
 * <p>Null means that an optional member is absent, because some clients write it so. Members that
 * nothing reads are ignored; a member of the protocol that occurs twice is refused.
 *
 * @param id echoed in the answer; null if the request has none
 * @param inputs in the order of the request
 * @param outputs names of the requested outputs; empty for all
 */
record InferRequest(String id, List<Tensor> inputs, List<String> outputs) {
  private static final int MAX_INPUTS = 100_000;
  private static final Set<String> REQUEST = Set.of("id", "inputs", "outputs");
  private static final Set<String> TENSOR =
      Set.of("name", "datatype", "shape", "data", "parameters");

  /**
   * The head of an input tensor.
   *
   * @param shape one or two dimensions, none negative
   */
  record Tensor(String name, Datatype datatype, long[] shape) {
    long rows() {
      return shape[0];
    }

    /** Returns the number of elements of a row. */
    long perRow() {
      return shape.length == 1 ? 1 : shape[1];
    }
  }

  /**
   * Reads everything except the data, which may come before its description.
   *
   * @throws ProblemException with 400 if a member is missing or has the wrong form
   */
  static InferRequest read(JsonDocument document) throws MalformedJsonException {
    if (document.next() != JsonToken.START_OBJECT) {
      throw wrong("the body", "an object with 'inputs'");
    }

    String id = null;
    List<Tensor> inputs = List.of();
    List<String> outputs = List.of();
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
        default -> document.skip();
      }
    }

    document.end();
    if (inputs.isEmpty()) {
      throw wrong("inputs", "at least one tensor");
    }

    return new InferRequest(id, inputs, outputs);
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
    boolean data = false;
    Set<String> seen = new HashSet<>();
    while (document.next() == JsonToken.FIELD_NAME) {
      String member = once(document, TENSOR, seen);
      document.next();
      switch (member) {
        case "name" -> name = text(document, "name");
        case "datatype" -> datatype = datatype(document);
        case "shape" -> shape = shape(document);
        case "parameters" -> checkParameters(document);
        case "data" -> {
          data = document.token() == JsonToken.START_ARRAY;
          document.skip();
        }
        default -> document.skip();
      }
    }

    if (name == null || datatype == null || shape == null || !data) {
      throw wrong("a tensor", "name, shape, datatype and data, a list");
    }

    return new Tensor(name, datatype, shape);
  }

  /** Refuses parameters that would change the meaning of the data. */
  private static void checkParameters(JsonDocument document) throws MalformedJsonException {
    if (document.token() != JsonToken.START_OBJECT) {
      document.skip();
      return;
    }

    while (document.next() == JsonToken.FIELD_NAME) {
      String name = document.name();
      document.next();
      if (name.equals("binary_data_size")) {
        throw wrong("a tensor", "its data as JSON; the binary data extension is not supported");
      }

      if (name.equals("content_type") && document.text().equals("base64")) {
        throw wrong("a tensor", "plain text; base64 is not decoded");
      }

      document.skip();
    }
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

  private static List<String> outputs(JsonDocument document) throws MalformedJsonException {
    List<String> outputs = new ArrayList<>();
    if (document.token() != JsonToken.START_ARRAY) {
      throw wrong("outputs", "a list of objects with a name");
    }

    while (document.next() != JsonToken.END_ARRAY) {
      String name = null;
      if (document.token() == JsonToken.START_OBJECT) {
        while (document.next() == JsonToken.FIELD_NAME) {
          boolean isName = document.name().equals("name");
          document.next();
          if (isName) {
            name = text(document, "name");
          } else {
            document.skip();
          }
        }
      }

      if (name == null || outputs.size() == MAX_INPUTS) {
        throw wrong("outputs", "a list of objects with a name");
      }

      outputs.add(name);
    }

    return outputs;
  }

  private static String text(JsonDocument document, String member) throws MalformedJsonException {
    if (document.token() != JsonToken.VALUE_STRING) {
      throw wrong(member, "text");
    }

    return document.text();
  }

  static ProblemException wrong(String what, String expected) {
    return new ProblemException(
        Problems.malformedBody("Cannot read %s: expected %s.".formatted(what, expected)));
  }
}
