package io.paritree.model.manifest;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.Fault;
import io.paritree.forest.Calibration;
import io.paritree.json.BrokenJsonException;
import io.paritree.json.JsonText;
import io.paritree.json.StrictJson;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads how scores are calibrated, and writes it in the same form. */
final class CalibrationParser {
  private static final String METHOD = "method";
  private static final String IN = "in";
  private static final String SIGMOID = "sigmoid";
  private static final String ISOTONIC = "isotonic";
  private static final String DOUBLE = "double";
  private static final String FLOAT = "float";
  private static final String A = "a";
  private static final String B = "b";
  private static final String X = "x";
  private static final String Y = "y";
  private static final int MAX_POINTS = 10_000;

  private final StrictJson json;
  private final Map<String, String> texts = new HashMap<>();
  private final Map<String, Double> numbers = new HashMap<>();
  private final Map<String, float[]> points = new HashMap<>();
  private Calibration calibration = Calibration.NONE;

  CalibrationParser(StrictJson json) {
    this.json = json;
  }

  /** Returns what has been read. */
  Calibration calibration() {
    return calibration;
  }

  /** Reads the current value. */
  void read() throws BrokenJsonException {
    json.object(
        Map.of(
            METHOD, () -> texts.put(METHOD, json.text()),
            IN, () -> texts.put(IN, json.text()),
            A, () -> numbers.put(A, json.number()),
            B, () -> numbers.put(B, json.number()),
            X, () -> points.put(X, floats()),
            Y, () -> points.put(Y, floats())),
        Set.of(METHOD, IN));
    calibration =
        switch (texts.get(METHOD)) {
          case SIGMOID -> sigmoid();
          case ISOTONIC -> isotonic();
          default -> throw json.wrongMember(METHOD, "'sigmoid' or 'isotonic'");
        };
  }

  private Calibration sigmoid() throws BrokenJsonException {
    require(DOUBLE, numbers.keySet().equals(Set.of(A, B)) && points.isEmpty(), "'a' and 'b'");
    return new Calibration.Sigmoid(numbers.get(A), numbers.get(B));
  }

  private Calibration isotonic() throws BrokenJsonException {
    require(FLOAT, points.keySet().equals(Set.of(X, Y)) && numbers.isEmpty(), "'x' and 'y'");
    try {
      return new Calibration.Isotonic(points.get(X), points.get(Y));
    } catch (IllegalArgumentException e) {
      throw json.refused(e.getMessage(), e);
    }
  }

  private void require(String in, boolean hasMembers, String members) throws BrokenJsonException {
    String method = texts.get(METHOD);
    if (!texts.get(IN).equals(in)) {
      throw json.wrongMember(
          IN,
          "'%s', in which the method '%s' computes, but got '%s'"
              .formatted(in, method, Fault.printable(texts.get(IN))));
    }

    if (!hasMembers) {
      throw json.refused(
          "the method '%s' has %s beside 'method' and 'in', and nothing else"
              .formatted(method, members),
          null);
    }
  }

  private float[] floats() throws BrokenJsonException {
    List<Float> values = new ArrayList<>();
    json.list(
        () -> {
          if (values.size() == MAX_POINTS) {
            throw json.refused("more than %s points".formatted(MAX_POINTS), null);
          }

          values.add((float) json.floatNumber());
        });
    float[] floats = new float[values.size()];
    for (int at = 0; at < floats.length; at++) {
      floats[at] = values.get(at);
    }

    return floats;
  }

  /** Writes a calibration as an object. */
  static void write(JsonGenerator out, Calibration calibration) throws IOException {
    out.writeStartObject();
    if (calibration instanceof Calibration.Sigmoid sigmoid) {
      out.writeStringField(METHOD, SIGMOID);
      out.writeStringField(IN, DOUBLE);
      out.writeFieldName(A);
      JsonText.number(out, sigmoid.a());
      out.writeFieldName(B);
      JsonText.number(out, sigmoid.b());
    } else if (calibration instanceof Calibration.Isotonic isotonic) {
      out.writeStringField(METHOD, ISOTONIC);
      out.writeStringField(IN, FLOAT);
      write(out, X, isotonic.x());
      write(out, Y, isotonic.y());
    }

    out.writeEndObject();
  }

  private static void write(JsonGenerator out, String name, float[] values) throws IOException {
    out.writeArrayFieldStart(name);
    for (float value : values) {
      new SchemaWriter(out, false).number(value);
    }

    out.writeEndArray();
  }
}
