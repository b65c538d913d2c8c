"""What can be told of the photo from the features, measured by attackers who have the head."""
