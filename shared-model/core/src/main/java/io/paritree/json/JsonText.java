package io.paritree.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.PrettyPrinter;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/**
 * Writes JSON documents: UTF-8, indented by two blanks per level, or in one line.
 *
 * <p>JSON has no number that is not finite. Documents that are read again hold {@code NaN}, {@code
 * Infinity} and {@code -Infinity} as text, which a generator's {@code writeNumber} writes and
 * {@link StrictJson#realDouble} and {@link StrictJson#realFloat} read.
 */
public final class JsonText {
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final double EXACT = 0x1p53;

  /** Writes one JSON value. */
  @FunctionalInterface
  public interface Body {
    void write(JsonGenerator out) throws IOException;
  }

  /** Writes an item of an array. */
  @FunctionalInterface
  public interface Item<T> {
    void write(T item) throws IOException;
  }

  private JsonText() {}

  /** Returns the value that is an object with these members. */
  public static Body object(Body members) {
    return out -> {
      out.writeStartObject();
      members.write(out);
      out.writeEndObject();
    };
  }

  /** Returns an indented document. */
  public static byte[] of(Body body) {
    DefaultIndenter twoBlanks = new DefaultIndenter("  ", "\n");
    Separators separators =
        Separators.createDefaultInstance().withObjectFieldValueSpacing(Separators.Spacing.AFTER);
    return write(
        out -> {
          body.write(out);
          out.writeRaw('\n');
        },
        new DefaultPrettyPrinter(separators)
            .withObjectIndenter(twoBlanks)
            .withArrayIndenter(twoBlanks));
  }

  /** Returns an indented document, with arrays in one line and no line feed at its end. */
  public static byte[] wide(Body body) {
    return write(body, new DefaultPrettyPrinter());
  }

  /** Returns an indented document as text, for a command to print. */
  public static String text(Body body) {
    return new String(of(body), StandardCharsets.UTF_8);
  }

  /** Returns a value in one line, with a line feed at its end. */
  public static byte[] line(Body body) {
    return write(
        out -> {
          body.write(out);
          out.writeRaw('\n');
        },
        null);
  }

  /** Returns a value without line feeds, also without one at its end. */
  public static byte[] compact(Body body) {
    return write(body, null);
  }

  private static byte[] write(Body body, PrettyPrinter printer) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    try (JsonGenerator out = FACTORY.createGenerator(content)) {
      out.setPrettyPrinter(printer);
      body.write(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write JSON", e);
    }

    return content.toByteArray();
  }

  /** Returns how many bytes the document that is being written has so far. */
  public static long bytes(JsonGenerator out) {
    return ((ByteArrayOutputStream) out.getOutputTarget()).size() + out.getOutputBuffered();
  }

  /** Writes a value without line feeds, even in an indented document. */
  public static void inLine(JsonGenerator out, Body body) throws IOException {
    out.writeRawValue(new String(compact(body), StandardCharsets.UTF_8));
  }

  /**
   * Writes the members of an object that was written before.
   *
   * @param object as it was written, in UTF-8
   */
  public static void members(JsonGenerator out, byte[] object) throws IOException {
    try (JsonParser parser = FACTORY.createParser(object)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        out.copyCurrentStructure(parser);
      }
    }
  }

  /** Writes a member that is an array, item by item. */
  public static <T> void array(JsonGenerator out, String name, Iterable<T> items, Item<T> item)
      throws IOException {
    out.writeArrayFieldStart(name);
    for (T each : items) {
      item.write(each);
    }

    out.writeEndArray();
  }

  /** Writes a member that is an array of objects, whose members {@code item} writes. */
  public static <T> void objects(JsonGenerator out, String name, Iterable<T> items, Item<T> item)
      throws IOException {
    array(
        out,
        name,
        items,
        each -> {
          out.writeStartObject();
          item.write(each);
          out.writeEndObject();
        });
  }

  /** Writes a member that is an object of counts, in their order. */
  public static void counts(JsonGenerator out, String name, Map<String, Long> counts)
      throws IOException {
    out.writeObjectFieldStart(name);
    for (Map.Entry<String, Long> count : counts.entrySet()) {
      out.writeNumberField(count.getKey(), count.getValue());
    }

    out.writeEndObject();
  }

  /** Writes a member that is a text, unless the text has no character. */
  public static void optional(JsonGenerator out, String name, String text) throws IOException {
    if (!text.isEmpty()) {
      out.writeStringField(name, text);
    }
  }

  /** Writes a member that is a text, if there is one. */
  public static void optional(JsonGenerator out, String name, Optional<String> text)
      throws IOException {
    if (text.isPresent()) {
      out.writeStringField(name, text.get());
    }
  }

  /** Writes a member that is a number, unless it is NaN. */
  public static void member(JsonGenerator out, String name, double value) throws IOException {
    if (!Double.isNaN(value)) {
      out.writeFieldName(name);
      number(out, value);
    }
  }

  /** Writes a number: whole numbers within 2^53 without a fraction, but -0.0 with one. */
  public static void number(JsonGenerator out, double value) throws IOException {
    if (Double.compare(value, (long) value) == 0 && Math.abs(value) < EXACT) {
      out.writeNumber((long) value);
    } else {
      out.writeNumber(value);
    }
  }
}
