package io.mdevmigration.crds;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.deser.std.StringDeserializer;
import com.fasterxml.jackson.databind.type.LogicalType;
import java.io.IOException;

/**
 * Reads strings such that equal ones are the same object more often than not: thousands of nodes
 * say the same types, versions, drivers and reasons. A string has one place, by its hash, and the
 * last of those that share it is remembered there, so that what is remembered is bounded.
 */
final class SharedStrings extends StdScalarDeserializer<String> {
  private static final long serialVersionUID = 1;

  /** Longer ones are not remembered, so that all places take a mebibyte at most. */
  private static final int LENGTH_MAX = 256;

  /** A power of two. */
  private static final int PLACES = 4096;

  /** Used by all threads as it is: whoever reads a place late finds another string or none. */
  private final String[] last = new String[PLACES];

  SharedStrings() {
    super(String.class);
  }

  @Override
  public String deserialize(JsonParser parser, DeserializationContext context) throws IOException {
    return share(StringDeserializer.instance.deserialize(parser, context));
  }

  @Override
  public LogicalType logicalType() {
    return StringDeserializer.instance.logicalType();
  }

  @Override
  public Object getEmptyValue(DeserializationContext context) throws JsonMappingException {
    return StringDeserializer.instance.getEmptyValue(context);
  }

  private String share(String string) {
    if (string == null || string.length() > LENGTH_MAX) {
      return string;
    }
    int hash = string.hashCode();
    int place = (hash ^ hash >>> 16) & (PLACES - 1);
    String known = last[place];
    if (string.equals(known)) {
      return known;
    }
    last[place] = string;
    return string;
  }
}
