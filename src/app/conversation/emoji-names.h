/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Short names typed after a colon; the ones that people know from other programs. Sorted by name. */
static const struct
{
  const char *name;
  const char *emoji;
} emoji_names[] = {
  { "100", "💯" }, { "airplane", "✈️" }, { "alarm", "⏰" }, { "angry", "😠" }, { "apple", "🍎" }, { "bell", "🔔" },
  { "birthday", "🎂" }, { "blush", "😊" }, { "book", "📖" }, { "box", "📦" }, { "bug", "🐛" }, { "bulb", "💡" },
  { "bus", "🚌" }, { "cake", "🍰" }, { "calendar", "📅" }, { "camera", "📷" }, { "car", "🚗" }, { "cat", "🐱" },
  { "chart", "📈" }, { "check", "✅" }, { "clap", "👏" }, { "clock", "🕐" }, { "coffee", "☕" }, { "computer", "💻" },
  { "confused", "😕" }, { "cool", "😎" }, { "cross", "❌" }, { "cry", "😢" }, { "dog", "🐶" }, { "email", "📧" },
  { "eyes", "👀" }, { "facepalm", "🤦" }, { "fire", "🔥" }, { "flag", "🚩" }, { "flower", "🌸" }, { "folder", "📁" },
  { "gift", "🎁" }, { "grin", "😁" }, { "grinning", "😀" }, { "handshake", "🤝" }, { "heart", "❤️" }, { "heart_eyes", "😍" },
  { "hourglass", "⏳" }, { "house", "🏠" }, { "hug", "🤗" }, { "hundred", "💯" }, { "idea", "💡" }, { "information", "ℹ️" },
  { "joy", "😂" }, { "key", "🔑" }, { "kiss", "😘" }, { "laughing", "😆" }, { "lock", "🔒" }, { "mag", "🔍" },
  { "memo", "📝" }, { "moon", "🌙" }, { "muscle", "💪" }, { "music", "🎵" }, { "no", "🚫" }, { "ok", "👌" },
  { "package", "📦" }, { "palm", "🌴" }, { "paperclip", "📎" }, { "party", "🥳" }, { "pencil", "✏️" }, { "phone", "📞" },
  { "pin", "📌" }, { "pizza", "🍕" }, { "pray", "🙏" }, { "question", "❓" }, { "rain", "🌧️" }, { "rainbow", "🌈" },
  { "rocket", "🚀" }, { "rofl", "🤣" }, { "rose", "🌹" }, { "sad", "😞" }, { "scream", "😱" }, { "ship", "🚢" },
  { "shrug", "🤷" }, { "sleeping", "😴" }, { "smile", "😄" }, { "smiley", "😃" }, { "snow", "❄️" }, { "sob", "😭" },
  { "sparkles", "✨" }, { "star", "⭐" }, { "stop", "🛑" }, { "sun", "☀️" }, { "sunglasses", "😎" }, { "sweat", "😅" },
  { "tada", "🎉" }, { "tea", "🍵" }, { "thinking", "🤔" }, { "thumbsdown", "👎" }, { "thumbsup", "👍" }, { "tools", "🛠️" },
  { "train", "🚆" }, { "tree", "🌳" }, { "trophy", "🏆" }, { "truck", "🚚" }, { "umbrella", "☂️" }, { "unlock", "🔓" },
  { "victory", "✌️" }, { "warning", "⚠️" }, { "wave", "👋" }, { "wink", "😉" }, { "wrench", "🔧" }, { "zap", "⚡" },
};
