package io.paritree.serving.request;

import io.javalin.http.Context;
import io.javalin.http.Header;
import io.paritree.serving.answer.ErrorForm;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.answer.Problems;
import io.paritree.serving.metrics.Arrival;
import java.util.Locale;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.QuotedQualityCSV;

/** The content type of a request's body, and the types that its caller accepts. */
public final class MediaTypes {
  public static final String JSON = ErrorForm.JSON;
  public static final String BYTES = "application/octet-stream";

  private static final String ANY = "*/*";
  private static final Pattern UTF_8 = Pattern.compile("charset=\"?utf-?8\"?");

  private MediaTypes() {}

  /**
   * Returns the JSON body.
   *
   * @throws ProblemException with 415 if it has another type, with 406 if the caller does not
   *     accept JSON
   */
  public static byte[] jsonBody(Context ctx) {
    requireJsonAccepted(ctx);
    // getContentType() throws on a charset that Java does not know
    if (!isUtf8(ctx.req().getHeader(Header.CONTENT_TYPE), JSON)) {
      throw new ProblemException(Problems.UNSUPPORTED_MEDIA_TYPE.of(JSON));
    }

    return Arrival.of(ctx).body();
  }

  /**
   * Returns a body of JSON that bytes may follow. It may have no content type, as some clients send
   * it.
   *
   * @throws ProblemException with 415 if it has another type, with 406 if the caller accepts
   *     neither JSON nor bytes
   */
  public static byte[] tensorBody(Context ctx) {
    requireAccepted(ctx, BYTES);
    String type = ctx.req().getHeader(Header.CONTENT_TYPE);
    if (type != null && !isUtf8(type, JSON) && !isUtf8(type, BYTES)) {
      throw new ProblemException(Problems.UNSUPPORTED_MEDIA_TYPE.of(JSON + " or " + BYTES));
    }

    return Arrival.of(ctx).body();
  }

  /** Returns whether the body has a content type, in UTF-8; other parameters are ignored. */
  public static boolean isType(Context ctx, String expected) {
    return isUtf8(ctx.req().getHeader(Header.CONTENT_TYPE), expected);
  }

  /**
   * Returns whether a content type is the expected one, in UTF-8; other parameters are ignored.
   *
   * <p>Without a charset, UTF-8 is assumed. Any other charset, known or not, gives false.
   *
   * @param contentType null if the request has none
   */
  static boolean isUtf8(String contentType, String expected) {
    return is(contentType, expected, true);
  }

  /** Returns whether a content type is the expected one, in UTF-8 and without other parameters. */
  public static boolean isUtf8Alone(String contentType, String expected) {
    return is(contentType, expected, false);
  }

  private static boolean is(String contentType, String expected, boolean parametersAllowed) {
    if (contentType == null || contentType.equals(expected)) {
      return contentType != null;
    }

    String[] parts = contentType.toLowerCase(Locale.ROOT).split(";", 4);
    if (!parts[0].strip().equals(expected)) {
      return false;
    }

    for (int part = 1; part < parts.length; part++) {
      String parameter = parts[part].strip();
      boolean charset = parameter.startsWith("charset=");
      boolean admitted = parametersAllowed || parameter.isEmpty();
      if (charset ? !UTF_8.matcher(parameter).matches() : !admitted) {
        return false;
      }
    }

    return true;
  }

  /**
   * Makes sure that the caller accepts JSON.
   *
   * @throws ProblemException with 406 if it does not
   */
  public static void requireJsonAccepted(Context ctx) {
    requireAccepted(ctx, JSON);
  }

  private static void requireAccepted(Context ctx, String also) {
    String accept = ctx.req().getHeader(Header.ACCEPT);
    if (accept == null || accept.equals(ANY) || accept.equals(JSON)) {
      return;
    }

    QuotedQualityCSV ranges = new QuotedQualityCSV(); // without ranges of quality 0
    ctx.req().getHeaders(Header.ACCEPT).asIterator().forEachRemaining(ranges::addValue);
    for (String range : ranges.getValues()) {
      String type = range.toLowerCase(Locale.ROOT).split(";", 2)[0];
      if (type.equals(ANY)
          || type.equals("application/*")
          || type.equals(JSON)
          || type.equals(also)
          || type.endsWith("+json")) {
        return;
      }
    }

    throw new ProblemException(Problems.NOT_ACCEPTABLE.of());
  }
}
