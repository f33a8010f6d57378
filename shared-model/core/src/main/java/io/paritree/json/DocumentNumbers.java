package io.paritree.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.io.IOException;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * The numbers of documents: whole ones are at least 0, and those that are not finite are texts, as
 * {@link JsonText} writes them.
 */
final class DocumentNumbers<T> extends StdScalarDeserializer<T> {
  private static final long serialVersionUID = 1;

  private final transient Reading<T> reading;
  private final transient T empty;

  /** Returns a number, or null if the current value is none. */
  @FunctionalInterface
  private interface Reading<T> {
    T read(JsonParser json) throws IOException;
  }

  private DocumentNumbers(Class<T> type, T empty, Reading<T> reading) {
    super(type);
    this.empty = empty;
    this.reading = reading;
  }

  static SimpleModule module() {
    JsonDeserializer<Long> longs =
        new DocumentNumbers<>(Long.class, 0L, json -> whole(json, Long.MAX_VALUE));
    JsonDeserializer<Integer> ints =
        new DocumentNumbers<>(Integer.class, 0, DocumentNumbers::wholeInteger);
    JsonDeserializer<Double> doubles =
        new DocumentNumbers<>(Double.class, Double.NaN, DocumentNumbers::real);
    JsonDeserializer<Float> floats =
        new DocumentNumbers<>(Float.class, Float.NaN, DocumentNumbers::single);
    JsonDeserializer<OptionalLong> optionalLongs =
        new DocumentNumbers<>(
            OptionalLong.class,
            OptionalLong.empty(),
            json -> mapped(whole(json, Long.MAX_VALUE), OptionalLong::of));
    JsonDeserializer<OptionalInt> optionalInts =
        new DocumentNumbers<>(
            OptionalInt.class,
            OptionalInt.empty(),
            json -> mapped(wholeInteger(json), OptionalInt::of));
    JsonDeserializer<OptionalDouble> optionalDoubles =
        new DocumentNumbers<>(
            OptionalDouble.class,
            OptionalDouble.empty(),
            json -> mapped(real(json), OptionalDouble::of));
    return new SimpleModule()
        .addDeserializer(OptionalLong.class, optionalLongs)
        .addDeserializer(OptionalInt.class, optionalInts)
        .addDeserializer(OptionalDouble.class, optionalDoubles)
        .addDeserializer(long.class, longs)
        .addDeserializer(Long.class, longs)
        .addDeserializer(int.class, ints)
        .addDeserializer(Integer.class, ints)
        .addDeserializer(double.class, doubles)
        .addDeserializer(Double.class, doubles)
        .addDeserializer(float.class, floats)
        .addDeserializer(Float.class, floats);
  }

  private static <N, T> T mapped(N number, Function<N, T> value) {
    return number == null ? null : value.apply(number);
  }

  /** Returns what is expected in place of a value that is none of this type. */
  static String expected(Class<?> type) {
    if (type == double.class || type == Double.class || type == OptionalDouble.class) {
      return "a number";
    } else if (type == float.class || type == Float.class) {
      return "a number that is finite as a float";
    }

    return "a whole number of at least 0";
  }

  private static Long whole(JsonParser json, long most) throws IOException {
    if (!json.hasToken(JsonToken.VALUE_NUMBER_INT)
        || json.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
      return null;
    }

    long value = json.getLongValue();
    return value < 0 || value > most ? null : value;
  }

  private static Integer wholeInteger(JsonParser json) throws IOException {
    Long value = whole(json, Integer.MAX_VALUE);
    return value == null ? null : value.intValue();
  }

  private static Double real(JsonParser json) throws IOException {
    if (json.hasToken(JsonToken.VALUE_STRING)) {
      return notFinite(json.getText());
    }

    double value = isNumber(json) ? json.getDoubleValue() : Double.POSITIVE_INFINITY;
    return Double.isInfinite(value) ? null : value;
  }

  private static Float single(JsonParser json) throws IOException {
    if (json.hasToken(JsonToken.VALUE_STRING)) {
      Double value = notFinite(json.getText());
      return value == null ? null : value.floatValue();
    }

    float value = isNumber(json) ? Float.parseFloat(json.getText()) : Float.POSITIVE_INFINITY;
    return Float.isInfinite(value) ? null : value;
  }

  private static boolean isNumber(JsonParser json) {
    return json.currentToken().isNumeric();
  }

  private static Double notFinite(String text) {
    return switch (text) {
      case "NaN" -> Double.NaN;
      case "Infinity" -> Double.POSITIVE_INFINITY;
      case "-Infinity" -> Double.NEGATIVE_INFINITY;
      default -> null;
    };
  }

  @Override
  public T deserialize(JsonParser json, DeserializationContext context) throws IOException {
    T value = reading.read(json);
    if (value == null) {
      return context.reportInputMismatch(this, "not " + expected(handledType()));
    }

    return value;
  }

  @Override
  public Object getEmptyValue(DeserializationContext context) {
    return empty;
  }
}
