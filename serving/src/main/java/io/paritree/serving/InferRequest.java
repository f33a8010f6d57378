package io.paritree.serving;

import com.fasterxml.jackson.core.JsonToken;
import io.paritree.record.JsonDocument;
import io.paritree.record.MalformedJsonException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * An inference request of the Open Inference Protocol, without the tensors' data.
 *
 * @param id echoed in the answer; null if there is none
 * @param inputs in the order of the request
 * @param outputs names of the outputs asked for; empty for all
 */
record InferRequest(String id, List<Tensor> inputs, List<String> outputs) {
  private static final int MAX_INPUTS = 100_000;

  /** What the protocol calls the kinds of element, for those that are read. */
  enum Datatype {
    BOOL,
    UINT8,
    UINT16,
    UINT32,
    UINT64,
    INT8,
    INT16,
    INT32,
    INT64,
    FP16,
    FP32,
    FP64,
    BYTES;

    boolean isInteger() {
      return ordinal() >= UINT8.ordinal() && ordinal() <= INT64.ordinal();
    }
  }

  /**
   * The head of an input tensor.
   *
   * @param shape at least one dimension, none negative
   */
  record Tensor(String name, Datatype datatype, long[] shape) {
    /** Returns the number of elements. */
    long elements() {
      long product = 1;
      for (long dimension : shape) {
        product = Math.multiplyExact(product, dimension);
      }

      return product;
    }
  }

  /**
   * Reads everything but the data, which may come before what describes it.
   *
   * @throws ProblemException if a member is missing or of the wrong form
   */
  static InferRequest read(JsonDocument document) throws MalformedJsonException {
    if (document.next() != JsonToken.START_OBJECT) {
      throw wrong("the body", "an object with 'inputs'");
    }

    String id = null;
    List<Tensor> inputs = null;
    List<String> outputs = List.of();
    while (document.next() == JsonToken.FIELD_NAME) {
      String name = document.name();
      document.next();
      switch (name) {
        case "id" -> id = text(document, "id");
        case "inputs" -> {
          if (inputs != null) {
            throw wrong("inputs", "to stand once");
          }

          inputs = inputs(document);
        }
        case "outputs" -> outputs = outputs(document);
        default -> document.skip();
      }
    }

    document.end();
    if (inputs == null || inputs.isEmpty()) {
      throw wrong("inputs", "at least one tensor");
    }

    return new InferRequest(id, inputs, outputs);
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
    while (document.next() == JsonToken.FIELD_NAME) {
      String member = document.name();
      document.next();
      switch (member) {
        case "name" -> name = text(document, "name");
        case "datatype" -> datatype = datatype(text(document, "datatype"));
        case "shape" -> shape = shape(document);
        case "data" -> {
          if (data || document.token() != JsonToken.START_ARRAY) {
            throw wrong("data", "one list of values");
          }

          data = true;
          document.skip();
        }
        default -> document.skip();
      }
    }

    if (name == null || datatype == null || shape == null || !data) {
      throw wrong("a tensor", "name, shape, datatype and data");
    }

    return new Tensor(name, datatype, shape);
  }

  private static Datatype datatype(String text) {
    for (Datatype datatype : Datatype.values()) {
      if (datatype.name().equals(text.toUpperCase(Locale.ROOT))) {
        return datatype;
      }
    }

    throw wrong("datatype", "one of " + List.of(Datatype.values()));
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
