// The quoting of messages and printed expressions.

export { quote, quoteCharacter, quoteStart, unicodeOf } from '../../go/quote.js';
