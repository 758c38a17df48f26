"""What a live or on-demand streaming server must offer and must refuse."""
